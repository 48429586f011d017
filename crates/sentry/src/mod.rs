//! Sentry, and what speaks its protocol.

mod client;
mod contexts;
mod envelope;
mod event;
mod limits;
mod request;
mod state;
mod tags;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};
use sentry_core::types::Dsn;

pub use self::client::SentryClient;

use self::envelope::envelope;
use self::event::{Names, render};
use self::state::State;
use super::http::{AGENT, Answer, Client, Endpoint, Round, Secret, VERSION, fit};
use super::{Delivery, Reporter};
use crate::error::BoxError;
use crate::report::{Outcome, Report};

/// Sends to [Sentry](https://develop.sentry.dev/sdk/), or to what speaks its protocol, as [Bugsink](https://www.bugsink.com/)
/// does. An application that has a Sentry client already reuses it by [`SentryClient`].
///
/// The cause chain is the event's exceptions, root cause first, as Sentry wants them; the backtrace is that of the last
/// one. Attributes are tags, and those that no tag can hold stand whole in the context `attributes`; metadata are contexts, feature
/// flags the context `flags`, and the log goes among the breadcrumbs. The event's id is the report's.
///
/// Events go compressed, at most 1 MB each and 200 kB compressed
/// ([Sentry's limits](https://docs.sentry.io/concepts/data-management/size-limits)): a larger report is made smaller
/// until it fits, and the context `backstop` says what went. While Sentry limits errors (`X-Sentry-Rate-Limits`, or 429),
/// nothing is sent to it. How many reports were dropped, and why, is told with the next event, as a client report.
///
/// Sentry wants whole URLs, and of a request's host nothing is known unless
/// [`keep_headers`](crate::Builder::keep_headers) keeps `host`; else the machine's name stands there.
///
/// ```
/// use backstop::{Backstop, reporters::Sentry};
///
/// let backstop = Backstop::production()
///     .app("shop", "1.2.3")
///     .release_stage("production")
///     .reporter(Sentry::new("https://a94ae32be2584e0bbd7a4cbb95971fee@o1.ingest.sentry.io/7"))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Sentry {
    dsn: Secret,
    dsn_from: &'static str,
    endpoint: Option<Secret>,
    names: Names,
    client: Client,
    state: State,
}

const VARIABLE: &str = "SENTRY_DSN";
/// The most that Sentry takes, in bytes of one event's JSON.
const MAX_BYTES: usize = 1_000_000;
/// And of the compressed body.
const MAX_COMPRESSED: usize = 200_000;
/// What an event may have before it is compressed, tried one after the other. Of the last one any fits.
const SIZES: [usize; 3] = [MAX_BYTES, 400_000, 190_000];

impl Sentry {
    /// Sends to the project of this DSN, like `https://key@o1.ingest.sentry.io/7`.
    pub fn new(dsn: impl Into<String>) -> Self {
        Self {
            dsn: Secret::new(dsn),
            dsn_from: "the DSN",
            endpoint: None,
            names: Names::default(),
            client: Client::new("Sentry"),
            state: State::default(),
        }
    }

    /// Sends to the project of the environment variable `SENTRY_DSN`. If it is not set,
    /// [`Builder::build`](crate::Builder::build) says so. `SENTRY_RELEASE` and `SENTRY_ENVIRONMENT`, where they are set, are
    /// the [`release`](Self::release) and the [`environment`](Self::environment).
    #[must_use]
    pub fn from_env() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
        Self {
            dsn: Secret::from_env(VARIABLE),
            dsn_from: VARIABLE,
            names: Names {
                release: variable("SENTRY_RELEASE"),
                environment: variable("SENTRY_ENVIRONMENT"),
            },
            ..Self::new("")
        }
    }

    /// The release of all events, as Sentry knows it. Default: what [`app`](crate::Builder::app) says, like `shop@1.2.3`.
    #[must_use]
    pub fn release(mut self, release: impl Into<String>) -> Self {
        self.names.release = Some(release.into());
        self
    }

    /// The environment of all events. Default: the [`release_stage`](crate::Builder::release_stage).
    #[must_use]
    pub fn environment(mut self, environment: impl Into<String>) -> Self {
        self.names.environment = Some(environment.into());
        self
    }

    /// The server, in place of the DSN's: a Relay or a proxy. A path is kept, and `/api/7/envelope/` follows it.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Some(Secret::new(url));
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

    /// Where envelopes go, and what opens the door there.
    fn target(&self) -> Result<(Endpoint, HeaderValue), BoxError> {
        let from = self.dsn_from;
        let bad = |problem: &dyn std::fmt::Display| {
            format!(
                "{from} is not valid ({problem}); take it from the project's settings, like https://key@host/7"
            )
        };
        let dsn: Dsn = self
            .dsn
            .expose()
            .parse()
            .map_err(|error: sentry_core::types::ParseDsnError| bad(&error))?;
        let server = match &self.endpoint {
            Some(server) => Endpoint::parse(server.expose())?,
            None => {
                let (scheme, host, port) = (dsn.scheme(), dsn.host(), dsn.port());
                Endpoint::parse(&format!("{scheme}://{host}:{port}{}", dsn.path()))?
            }
        };
        let endpoint = server.with(|url| {
            let prefix = url.path().trim_end_matches('/');
            let path = format!("{prefix}/api/{}/envelope/", dsn.project_id());
            url.set_path(&path);
        });
        // The crate's own header has a timestamp too, which the envelope's `sent_at` has replaced.
        let key = dsn.public_key();
        let agent = format!("{AGENT}/{VERSION}");
        let mut auth = format!("Sentry sentry_version=7, sentry_client={agent}, sentry_key={key}");
        if let Some(secret) = dsn.secret_key() {
            auth.push_str(", sentry_secret=");
            auth.push_str(secret);
        }
        let mut auth = HeaderValue::try_from(auth).map_err(|_| bad(&"its key is no key"))?;
        auth.set_sensitive(true);
        Ok((endpoint, auth))
    }

    async fn send(
        &self,
        endpoint: &Endpoint,
        auth: &HeaderValue,
        report: &Report,
    ) -> (Delivery, Answer) {
        if let Some(left) = self.state.limited_for() {
            return (Delivery::Retry { after: Some(left) }, Answer::Nothing);
        }
        let losses = self.state.losses();
        let body = SIZES.into_iter().find_map(|max| {
            let event = fit(report, max, |report| render(report, &self.names))?;
            let body = envelope(report.id, &event, losses.as_slice());
            (body.len() <= MAX_COMPRESSED).then_some(body)
        });
        let Some(body) = body else {
            return (Delivery::Rejected, Answer::Nothing);
        };
        let mut headers = HeaderMap::new();
        let kind = HeaderValue::from_static("application/x-sentry-envelope");
        headers.insert(CONTENT_TYPE, kind);
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert("x-sentry-auth", auth.clone());
        let answer = self.client.post(endpoint, headers, body).await;
        if limits::has_taken_losses(&answer) {
            losses.arrived();
        }
        let mut delivery = answer.delivery();
        let limit = limits::limit(&answer);
        if limit.is_none() {
            self.state.is_unlimited();
        }
        if let Some(limit) = limit {
            self.state.limit(limit);
            if let Delivery::Retry { after } = &mut delivery {
                *after = (*after).max(Some(limit));
            }
        }
        (delivery, answer)
    }
}

impl Reporter for Sentry {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let Ok((endpoint, auth)) = self.target() else {
            return vec![Delivery::Rejected; batch.len()];
        };
        let mut round = Round::of(batch.len());
        for report in batch {
            if !round.send(self.send(&endpoint, &auth, report)).await {
                break;
            }
        }
        round.into_deliveries()
    }

    fn name(&self) -> Cow<'static, str> {
        "Sentry".into()
    }

    fn check(&self) -> Result<(), BoxError> {
        self.client.check(&self.target()?.0)
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        self.state.lost(reason, count);
    }
}
