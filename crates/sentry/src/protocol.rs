//! Sentry's envelope endpoint.

use std::borrow::Cow;
use std::time::Duration;

use backstop::reporters::Delivery;
use backstop::stats::Outcome;
use backstop::{BoxError, Report};
use backstop_http::{Endpoint, Protocol, Request, Response, Secret};
use http::header::{CONTENT_ENCODING, InvalidHeaderValue};
use http::{HeaderName, HeaderValue};
use sentry_types::{Dsn, ParseDsnError};

use crate::client_reports::ClientReports;
use crate::envelope::{Event, MAX_BYTES};
use crate::event::render;
use crate::names::Names;
use crate::pause::Pause;
use crate::rate_limits;

/// The envelopes of one project.
#[derive(Debug)]
pub(crate) struct Envelopes {
    dsn: Secret,
    /// Where the DSN comes from, for error messages.
    dsn_from: &'static str,
    pub(crate) names: Names,
    pause: Pause,
    client_reports: ClientReports,
}

impl Envelopes {
    pub(crate) fn new(dsn: Secret, dsn_from: &'static str, names: Names) -> Self {
        Self {
            dsn,
            dsn_from,
            names,
            pause: Pause::default(),
            client_reports: ClientReports::default(),
        }
    }

    fn dsn(&self) -> Result<Dsn, BoxError> {
        let invalid = |problem: ParseDsnError| self.invalid(&problem);
        let dsn: Dsn = self.dsn.expose().parse().map_err(invalid)?;
        match problem_of(self.dsn.expose(), &dsn) {
            Some(problem) => Err(self.invalid(&problem)),
            None => Ok(dsn),
        }
    }

    fn invalid(&self, problem: &dyn std::fmt::Display) -> BoxError {
        let from = self.dsn_from;
        format!(
            "{from} is not valid ({problem}); copy it from the project's settings, like https://key@host/7"
        )
        .into()
    }
}

impl Protocol for Envelopes {
    type Event = Event;

    fn name(&self) -> Cow<'static, str> {
        "Sentry".into()
    }

    fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError> {
        let dsn = self.dsn()?;
        let server = match server {
            Some(server) if server.url().path().contains("/envelope") => {
                return Err("the endpoint must not contain the path `/api/…/envelope/`, which is added; remove it".into());
            }
            Some(server) => server.clone(),
            None => {
                let (scheme, host, port) = (dsn.scheme(), dsn.host(), dsn.port());
                Endpoint::parse(&format!("{scheme}://{host}:{port}{}", dsn.path()))?
            }
        };
        Ok(server.join(&format!("api/{}/envelope/", dsn.project_id())))
    }

    fn check(&self) -> Result<(), BoxError> {
        let is_valid = auth(&self.dsn()?);
        is_valid
            .map(drop)
            .map_err(|_| self.invalid(&"its key is not valid in a header"))
    }

    fn render(&self, report: &Report) -> Event {
        Event::new(report.id, render(report, &self.names))
    }

    fn request(&self, events: &[Event]) -> Option<Request> {
        let dropped = self.client_reports.to_send();
        let envelope = events.first()?.to_envelope(dropped.as_ref());
        let kind = HeaderValue::from_static("application/x-sentry-envelope");
        let auth = auth(&self.dsn().ok()?).ok()?;
        Some(
            Request::new(kind, envelope)
                .with_header(CONTENT_ENCODING, HeaderValue::from_static("gzip"))
                .with_header(HeaderName::from_static("x-sentry-auth"), auth),
        )
    }

    fn limit(&self) -> usize {
        MAX_BYTES
    }

    fn paused_for(&self) -> Option<Duration> {
        self.pause.remaining()
    }

    fn classify(&self, response: Option<&Response>) -> Delivery {
        let limit = response.and_then(rate_limits::limit);
        self.pause.record(limit);
        let Some(response) = response else {
            return Delivery::RETRY;
        };
        if has_taken_client_report(response) {
            self.client_reports.arrived();
        }
        match response.delivery() {
            Delivery::Retry { after } => Delivery::Retry {
                after: after.max(limit),
            },
            delivery => delivery,
        }
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        let was_limited = self.pause.was_limited();
        self.client_reports.add(reason, count, was_limited);
    }
}

/// Why a DSN cannot work, although it can be parsed. No text of it is repeated, because it may contain a secret.
fn problem_of(text: &str, dsn: &Dsn) -> Option<&'static str> {
    let is_key = |key: &str| {
        key.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let project = dsn.project_id().to_string();
    if text.contains([',', ' ']) {
        Some("it must be one URL, without a comma or a space")
    } else if matches!(
        project.as_str(),
        "envelope" | "store" | "minidump" | "security"
    ) {
        Some(
            "it must end with the project, not with the endpoint's path `/api/…/envelope/`, which is added",
        )
    } else if !is_key(dsn.public_key()) || !dsn.secret_key().is_none_or(is_key) {
        Some("its key has characters that no key has, such as `%`; the key is not percent-encoded")
    } else {
        None
    }
}

/// The authentication header, without the timestamp that `sentry-types` adds, which the envelope's `sent_at` replaces.
fn auth(dsn: &Dsn) -> Result<HeaderValue, InvalidHeaderValue> {
    let agent = concat!("backstop/", env!("CARGO_PKG_VERSION"));
    let key = dsn.public_key();
    let mut auth = format!("Sentry sentry_version=7, sentry_client={agent}, sentry_key={key}");
    if let Some(secret) = dsn.secret_key() {
        auth.push_str(", sentry_secret=");
        auth.push_str(secret);
    }
    Secret::new(auth).to_header("")
}

/// Whether the client report need not be sent again. With a 429, Sentry drops the event but accepts the rest of the
/// envelope. After a 400 the client report is discarded, because it may be the reason, and would then cause every
/// further event to be refused.
fn has_taken_client_report(response: &Response) -> bool {
    let status = response.status();
    status.is_success() || matches!(status.as_u16(), 400 | 429)
}
