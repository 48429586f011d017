//! The API that accepts reports in JSON.

use std::borrow::Cow;

use backstop::reporters::Delivery;
use backstop::{BoxError, Report};
use backstop_http::{Endpoint, Protocol, Request, Response, Secret};
use http::StatusCode;

use crate::body::Body;
use crate::endpoint;
use crate::stack::Excerpt;

/// The server documents no limit; a larger report is most likely a mistake.
const MAX_BYTES: usize = 10_000_000;

/// The documents of one project.
#[derive(Debug)]
pub(crate) struct Documents {
    pub(crate) token: Secret,
    pub(crate) excerpt: Excerpt,
}

impl Protocol for Documents {
    type Event = Body;

    fn name(&self) -> Cow<'static, str> {
        "BacktraceIo".into()
    }

    fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError> {
        let server = server.ok_or("there is no endpoint; set one")?;
        endpoint::resolve(server, &self.token)
    }

    fn render(&self, report: &Report) -> Body {
        Body::new(report, self.excerpt)
    }

    fn request(&self, bodies: &[Body]) -> Option<Request> {
        bodies.first()?.to_request()
    }

    fn limit(&self) -> usize {
        MAX_BYTES
    }

    fn classify(&self, response: Option<&Response>) -> Delivery {
        match response {
            Some(response) if is_duplicate(response) => Delivery::Delivered,
            Some(response) => response.delivery(),
            None => Delivery::RETRY,
        }
    }
}

/// Whether the server refuses the report as a duplicate of an earlier attempt, whose response did not arrive.
fn is_duplicate(response: &Response) -> bool {
    let status = response.status();
    status == StatusCode::CONFLICT
        || status.is_client_error() && response.text().to_ascii_lowercase().contains("duplicate")
}
