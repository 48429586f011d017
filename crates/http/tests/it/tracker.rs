//! The tracker that the tests report to: events are JSON, several of them a JSON array.

use std::borrow::Cow;

use backstop::{BoxError, Report};
use backstop_http::{Endpoint, HttpReporter, Protocol, Request, Secret};
use backstop_testkit::responses::Settings;
use http::header::AUTHORIZATION;

#[derive(Debug)]
pub(crate) struct Tracker {
    pub(crate) token: Secret,
    pub(crate) limit: usize,
    pub(crate) is_batching: bool,
    pub(crate) project: &'static str,
}

impl Tracker {
    pub(crate) fn new() -> Self {
        Self {
            token: Secret::new("s3cr3t"),
            limit: 100_000,
            is_batching: false,
            project: "",
        }
    }
}

impl Protocol for Tracker {
    type Event = Vec<u8>;

    fn name(&self) -> Cow<'static, str> {
        "Tracker".into()
    }

    fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError> {
        let server = server.ok_or("there is no server; set one with `endpoint`")?;
        Ok(server.clone().join("api/reports"))
    }

    fn render(&self, report: &Report) -> Vec<u8> {
        serde_json::to_vec(report).unwrap()
    }

    fn request(&self, events: &[Vec<u8>]) -> Option<Request> {
        let token = self.token.to_header("Bearer ").ok()?;
        let body = [b"[".as_slice(), &events.join(&b','), b"]"].concat();
        Some(Request::json(body).with_header(AUTHORIZATION, token))
    }

    fn limit(&self) -> usize {
        self.limit
    }

    fn is_batching(&self) -> bool {
        self.is_batching
    }

    fn project(&self) -> Cow<'_, str> {
        self.project.into()
    }

    fn accepts(&self, report: &Report) -> bool {
        report.transaction.as_deref() != Some("unwanted")
    }
}

pub(crate) fn reporter(settings: Settings<'_>) -> HttpReporter<Tracker> {
    let reporter = HttpReporter::new(Tracker::new())
        .endpoint(settings.url)
        .timeout(settings.timeout);
    match settings.root {
        Some(root) => reporter.root_certificate(root),
        None => reporter,
    }
}
