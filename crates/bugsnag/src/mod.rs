//! Bugsnag, now Insight Hub.

mod event;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue};
use serde_json::json;
use sha1::{Digest, Sha1};
use tokio::time::{Instant, timeout_at};

use super::http::{
    AGENT, Answer, Client, Endpoint, HOMEPAGE, LONGEST, Round, Secret, VERSION, fit, iso,
};
use super::{Delivery, Reporter};
use crate::error::BoxError;
use crate::report::Report;

/// Sends to [Bugsnag](https://docs.bugsnag.com/api/error-reporting/): several reports in one request, with the
/// digest of the body.
///
/// What Bugsnag has no place for (attributes, the log, how many were held back) stands in the tabs
/// `attributes`, `log` and `backstop`. A report of more than 1 MB is made smaller until it fits, and says what went.
///
/// A failure is unhandled unless the application has dealt with it; the severity's reason follows from the way by
/// which the report came. `groupingHash` is the report's fingerprint.
///
/// ```
/// use backstop::{Backstop, reporters::Bugsnag};
///
/// let backstop = Backstop::production()
///     .app("shop", "1.2.3")
///     .release_stage("production")
///     .reporter(Bugsnag::new("0123456789abcdef0123456789abcdef").enabled_release_stages(["production"]))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Bugsnag {
    api_key: Secret,
    key_from: &'static str,
    endpoint: Option<Secret>,
    enabled_release_stages: Option<Vec<String>>,
    client: Client,
}

const VARIABLE: &str = "BUGSNAG_API_KEY";
/// The most that Bugsnag takes, in bytes of the body.
const MAX_BYTES: usize = 1_000_000;
const PAYLOAD_VERSION: &str = "5";

impl Bugsnag {
    /// Sends to the project of this key: 32 hexadecimal digits.
    pub fn new(api_key: impl Into<String>) -> Self {
        Self {
            api_key: Secret::new(api_key),
            key_from: "the API key",
            endpoint: None,
            enabled_release_stages: None,
            client: Client::new("Bugsnag"),
        }
    }

    /// Sends to the project whose key is in the environment variable `BUGSNAG_API_KEY`. If it is not set,
    /// [`Builder::build`](crate::Builder::build) says so.
    #[must_use]
    pub fn from_env() -> Self {
        Self {
            api_key: Secret::from_env(VARIABLE),
            key_from: VARIABLE,
            ..Self::new("")
        }
    }

    /// Where events are sent to, for Bugsnag on premise. Default: `https://notify.bugsnag.com/`, or
    /// `https://notify.bugsnag.smartbear.com/` for keys of that service, which start with `00000`.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(Secret::new(url));
        self
    }

    /// Sends only the reports of these release stages, and those of no stage; the others count as
    /// [`Filtered`](crate::Outcome::Filtered). Default: all.
    #[must_use]
    pub fn enabled_release_stages(
        mut self,
        stages: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.enabled_release_stages = Some(stages.into_iter().map(Into::into).collect());
        self
    }

    /// For how long a request may take. Default: 15 seconds.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.client.set_timeout(timeout);
        self
    }

    /// Trusts one more certificate authority, given in PEM, beside those that the machine trusts.
    #[must_use]
    pub fn root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.client.trust(pem.into());
        self
    }

    fn url(&self) -> Result<Endpoint, BoxError> {
        if let Some(url) = &self.endpoint {
            return Endpoint::parse(url.expose());
        }
        let default = if self.api_key.expose().starts_with("00000") {
            "https://notify.bugsnag.smartbear.com/"
        } else {
            "https://notify.bugsnag.com/"
        };
        Endpoint::parse(default)
    }

    fn is_enabled(&self, report: &Report) -> bool {
        let stage = report
            .app
            .as_ref()
            .and_then(|app| app.release_stage.as_ref());
        match (&self.enabled_release_stages, stage) {
            (Some(enabled), Some(stage)) => enabled.contains(stage),
            _ => true,
        }
    }

    /// The body for some events, each of which is JSON already.
    fn body(&self, events: &[&[u8]]) -> Vec<u8> {
        let envelope = json!({
            "apiKey": self.api_key.expose(),
            "payloadVersion": PAYLOAD_VERSION,
            "notifier": {"name": AGENT, "version": VERSION, "url": HOMEPAGE, "dependencies": []},
        });
        let mut body = serde_json::to_vec(&envelope).unwrap_or_default();
        body.pop();
        body.extend_from_slice(b",\"events\":[");
        body.extend_from_slice(&events.join(&b','));
        body.extend_from_slice(b"]}");
        body
    }

    async fn send(&self, endpoint: &Endpoint, events: &[&[u8]]) -> Answer {
        let body = self.body(events);
        let Some(headers) = self.headers(&body) else {
            return Answer::Nothing;
        };
        self.client.post(endpoint, headers, body).await
    }

    fn headers(&self, body: &[u8]) -> Option<HeaderMap> {
        let mut api_key = HeaderValue::from_str(self.api_key.expose()).ok()?;
        api_key.set_sensitive(true);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
        let digest = format!("sha1 {}", hex(&Sha1::digest(body)));
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert("bugsnag-api-key", api_key);
        headers.insert(
            "bugsnag-payload-version",
            HeaderValue::from_static(PAYLOAD_VERSION),
        );
        headers.insert("bugsnag-sent-at", iso(now).parse().ok()?);
        headers.insert("bugsnag-integrity", digest.parse().ok()?);
        Some(headers)
    }

    /// One request for as many as fit. One bad event must not take the others along, so where several are
    /// refused each is tried alone.
    async fn send_all(&self, endpoint: &Endpoint, events: &[&[u8]]) -> Vec<Delivery> {
        let answer = self.send(endpoint, events).await;
        let blames_events = matches!(
            &answer,
            Answer::Status { status, .. } if matches!(status.as_u16(), 400 | 413 | 422)
        );
        if events.len() == 1 || !blames_events {
            return vec![answer.delivery(); events.len()];
        }
        let mut round = Round::of(events.len());
        for event in events {
            let alone = async {
                let answer = self.send(endpoint, &[event]).await;
                (answer.delivery(), answer)
            };
            if !round.send(alone).await {
                break;
            }
        }
        round.into_deliveries()
    }
}

impl Reporter for Bugsnag {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let Ok(endpoint) = self.url() else {
            return vec![Delivery::Rejected; batch.len()];
        };
        let mut deliveries: Vec<Delivery> = Vec::with_capacity(batch.len());
        let room = MAX_BYTES - self.body(&[]).len();
        let mut events: Vec<(usize, Vec<u8>)> = Vec::new();
        for (index, report) in batch.iter().enumerate() {
            let is_enabled = self.is_enabled(report);
            let event = is_enabled
                .then(|| fit(report, room, event::render))
                .flatten();
            // Until it is sent, or the answer is already known.
            deliveries.push(match (is_enabled, &event) {
                (false, _) => Delivery::Filtered,
                (true, None) => Delivery::Rejected,
                (true, Some(_)) => Delivery::Unsent,
            });
            events.extend(event.map(|event| (index, event)));
        }
        let deadline = Instant::now() + LONGEST;
        for group in groups(&events, room) {
            let bodies: Vec<&[u8]> = group.iter().map(|(_, event)| event.as_slice()).collect();
            let Ok(answers) = timeout_at(deadline, self.send_all(&endpoint, &bodies)).await else {
                break;
            };
            let gone = matches!(answers[..], [Delivery::Retry { .. }, ..]);
            for ((index, _), answer) in group.iter().zip(answers) {
                deliveries[*index] = answer;
            }
            if gone {
                break;
            }
        }
        deliveries
    }

    fn name(&self) -> Cow<'static, str> {
        "Bugsnag".into()
    }

    fn check(&self) -> Result<(), BoxError> {
        let key = self.api_key.expose();
        if key.len() != 32 || !key.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let from = self.key_from;
            return Err(format!(
                "{from} is not 32 hexadecimal digits; take it from the project's settings"
            )
            .into());
        }
        self.client.check(&self.url()?)
    }
}

/// Consecutive events that fit into one request, commas included.
fn groups(events: &[(usize, Vec<u8>)], room: usize) -> Vec<&[(usize, Vec<u8>)]> {
    let mut groups = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, (_, event)) in events.iter().enumerate() {
        if index > start && bytes + 1 + event.len() > room {
            groups.push(&events[start..index]);
            (start, bytes) = (index, 0);
        }
        bytes += event.len() + usize::from(index > start);
    }
    if start < events.len() {
        groups.push(&events[start..]);
    }
    groups
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_grouped_by_what_fits_to_the_byte() {
        let events: Vec<(usize, Vec<u8>)> =
            [4, 5, 10, 1, 1].map(|len| (0, vec![b'x'; len])).to_vec();
        let sizes = |room| {
            let groups = groups(&events, room);
            groups.iter().map(|group| group.len()).collect::<Vec<_>>()
        };
        assert_eq!(sizes(10), [2, 1, 2]);
        assert_eq!(sizes(9 + 1 + 11), [3, 2]);
        assert_eq!(sizes(1_000), [5]);
        assert!(groups(&[], 10).is_empty());
    }

    #[test]
    fn a_key_of_the_new_service_goes_there() {
        let url = |key: &str| Bugsnag::new(key).url().unwrap().url().to_string();
        assert_eq!(url("0000012345"), "https://notify.bugsnag.smartbear.com/");
        assert_eq!(url("12345"), "https://notify.bugsnag.com/");
    }
}
