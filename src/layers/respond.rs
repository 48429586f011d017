//! The answer as a response.

use std::sync::Arc;

use axum_core::body::Body;
use http::{Extensions, Method, Response};

use super::headers;
use crate::backstop;
use crate::backstop::{Backstop, RenderedError};
use crate::error::{Error, Failure, FailureExtension, RenderedMark, ReportedBy};
use crate::panics::catch::catch_panic;
use crate::request::RequestInfo;

impl Backstop {
    /// Responder an error by hand, as the layer would: negotiated, logged, told to `on_error`.
    ///
    /// ```
    /// use backstop::{Backstop, Error, RequestInfo};
    /// use http::{Request, StatusCode};
    ///
    /// let backstop = Backstop::production().build()?;
    /// let request = Request::get("/").header("accept", "text/plain").body(()).unwrap();
    /// let facts = RequestInfo::from_request(&request);
    /// let response = backstop.respond(&facts, Error::msg("no such tenant").with_status(StatusCode::NOT_FOUND));
    /// assert_eq!(response.status(), StatusCode::NOT_FOUND);
    /// assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    #[track_caller]
    pub fn respond(&self, request: &RequestInfo, error: impl Into<Error>) -> Response<Body> {
        let error = error.into();
        let failure = Failure::new(
            Arc::clone(error.repr()),
            crate::error::Origin::Handler,
            self.statuses(),
        );
        respond(self, &failure, &mut request.clone())
    }
}

/// Whether a HEAD answer can tell the length of GET's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Length {
    WellKnown,
    /// The text that GET would have told was already gone.
    Unknown,
}

/// The response to a failure that had none.
pub(super) fn respond(
    backstop: &Backstop,
    failure: &Failure,
    facts: &mut RequestInfo,
) -> Response<Body> {
    replace(
        backstop,
        failure,
        facts,
        Response::new(()),
        Length::WellKnown,
    )
}

/// The answer in place of a response, whose headers it keeps where they still hold.
pub(super) fn replace(
    backstop: &Backstop,
    failure: &Failure,
    facts: &mut RequestInfo,
    response: Response<()>,
    length: Length,
) -> Response<Body> {
    // The id, formatted once for body and head.
    let mut urn = [0; uuid::fmt::Urn::LENGTH];
    let urn: &str = failure.id().urn().encode_lower(&mut urn);
    let answer = backstop.answer(failure, urn, facts);
    let mut response = response;
    *response.status_mut() = failure.status();
    // An error's own headers are its own code; should that panic, the head is complete without them.
    let theirs = catch_panic(|| headers::of_error(failure.repr())).unwrap_or(None);
    let id = urn.strip_prefix("urn:uuid:").unwrap_or(urn);
    if !response.headers().is_empty() {
        headers::strip(response.headers_mut(), failure.status());
    }
    headers::write(response.headers_mut(), id, &answer, theirs);
    mark(backstop, failure, response.extensions_mut());
    let is_head = facts.method() == Method::HEAD;
    backstop.tell(failure, facts, None);
    let RenderedError { body, .. } = answer;
    let body = match body {
        backstop::Body::Rendered(bytes) => bytes::Bytes::from(bytes),
        backstop::Body::Static(text) => bytes::Bytes::from_static(text.as_bytes()),
    };
    if is_head {
        if length == Length::WellKnown {
            response
                .headers_mut()
                .insert(http::header::CONTENT_LENGTH, body.len().into());
        }
        return response.map(|()| Body::empty());
    }
    response.map(|()| Body::from(body))
}

/// Leaves a word for the layers outside.
pub(super) fn mark(backstop: &Backstop, failure: &Failure, extensions: &mut Extensions) {
    let rendered = Some(RenderedMark {
        id: failure.id(),
        origin: failure.origin(),
        reported_by: ReportedBy::new(backstop.number()),
    });
    if let Some(carrier) = extensions.get_mut::<FailureExtension>() {
        carrier.status = failure.status();
        carrier.rendered = rendered;
        return;
    }
    extensions.insert(FailureExtension {
        repr: Arc::clone(failure.repr()),
        status: failure.status(),
        rendered,
    });
}
