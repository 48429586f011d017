//! Bugsnag's error reporting API.

use std::borrow::Cow;
use std::time::{SystemTime, UNIX_EPOCH};

use backstop::{BoxError, Report};
use backstop_http::json::timestamp;
use backstop_http::{Endpoint, Protocol, Request, Secret};
use http::{HeaderName, HeaderValue};
use sha1::{Digest as _, Sha1};

use crate::event::event;
use crate::payload::{Event, VERSION, body};

/// The largest body that Bugsnag accepts, in bytes.
const MAX_BYTES: usize = 1_000_000;

/// The events of one project.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) api_key: Secret,
    /// Where the key comes from, for error messages.
    pub(crate) key_from: &'static str,
    pub(crate) enabled_release_stages: Option<Vec<String>>,
}

impl Protocol for Events {
    type Event = Event;

    fn name(&self) -> Cow<'static, str> {
        "Bugsnag".into()
    }

    fn endpoint(&self, server: Option<&Endpoint>) -> Result<Endpoint, BoxError> {
        match server {
            Some(server) if is_other_service(server) => Err(
                "the endpoint is not the one that takes events; remove it for Bugsnag's own service, `https://notify.bugsnag.com/`".into(),
            ),
            Some(server) => Ok(server.clone()),
            // Keys of the newer service start with these digits.
            None if self.api_key.expose().starts_with("00000") => {
                Endpoint::parse("https://notify.bugsnag.smartbear.com/")
            }
            None => Endpoint::parse("https://notify.bugsnag.com/"),
        }
    }

    fn render(&self, report: &Report) -> Event {
        Event::new(&event(report))
    }

    fn request(&self, events: &[Event]) -> Option<Request> {
        let body = body(self.api_key.expose(), events);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
        let digest = format!("sha1 {}", hex(&Sha1::digest(&body)));
        let headers = [
            ("bugsnag-api-key", self.api_key.to_header("").ok()?),
            ("bugsnag-payload-version", HeaderValue::from_static(VERSION)),
            ("bugsnag-sent-at", timestamp(now).parse().ok()?),
            ("bugsnag-integrity", digest.parse().ok()?),
        ];
        let request = Request::json(body);
        let headers = headers.into_iter();
        Some(headers.fold(request, |request, (name, value)| {
            request.with_header(HeaderName::from_static(name), value)
        }))
    }

    fn limit(&self) -> usize {
        MAX_BYTES - body(self.api_key.expose(), &[]).len()
    }

    fn is_batching(&self) -> bool {
        true
    }

    fn project(&self) -> Cow<'_, str> {
        self.api_key.expose().into()
    }

    fn accepts(&self, report: &Report) -> bool {
        let app = report.app.as_ref();
        let stage = app.and_then(|app| app.release_stage.as_ref());
        match (&self.enabled_release_stages, stage) {
            (Some(enabled), Some(stage)) => enabled.contains(stage),
            _ => true,
        }
    }

    fn check(&self) -> Result<(), BoxError> {
        let key = self.api_key.expose();
        if key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(());
        }
        let from = self.key_from;
        Err(
            format!("{from} is not 32 hexadecimal digits; copy it from the project's settings")
                .into(),
        )
    }
}

/// Whether it belongs to Bugsnag's own service, but takes no events: sessions, builds, the dashboard and the like.
fn is_other_service(server: &Endpoint) -> bool {
    let host = server.url().host_str().unwrap_or_default();
    let is_bugsnags = [
        "bugsnag.com",
        "bugsnag.smartbear.com",
        "insighthub.smartbear.com",
    ]
    .iter()
    .any(|domain| {
        host.strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    is_bugsnags && (!host.starts_with("notify.") || server.url().path() != "/")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_the_newer_service_is_sent_there() {
        let url = |key: &str| {
            let events = Events {
                api_key: Secret::new(key),
                key_from: "",
                enabled_release_stages: None,
            };
            events.endpoint(None).unwrap().url().to_string()
        };
        assert_eq!(url("0000012345"), "https://notify.bugsnag.smartbear.com/");
        assert_eq!(url("12345"), "https://notify.bugsnag.com/");
    }
}
