//! Airbrake, and Errbit, which speaks the same.

mod notice;

use std::borrow::Cow;
use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue};

use super::http::{Answer, Client, Endpoint, Round, Secret, fit};
use super::{Delivery, Reporter};
use crate::error::BoxError;
use crate::report::Report;

/// Sends to [Airbrake](https://docs.airbrake.io/docs/devops-tools/api/), or to Errbit.
///
/// The cause chain is the notice's `errors`, breadcrumbs its history, the request's headers its environment; what
/// there is no place for stands in `params`. A report of more than 64 kB, the most that they take, is made smaller until
/// it fits, and says what went. Panics are `critical`.
///
/// ```
/// use backstop::{Backstop, reporters::Airbrake};
///
/// let backstop = Backstop::production()
///     .app("shop", "1.2.3")
///     .reporter(Airbrake::new(105138, "fd04e13d806a90f96614ad8e529b2822"))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Airbrake {
    project_id: String,
    project_key: Secret,
    endpoint: Option<Secret>,
    client: Client,
}

const ID_VARIABLE: &str = "AIRBRAKE_PROJECT_ID";
const KEY_VARIABLE: &str = "AIRBRAKE_PROJECT_KEY";
const MAX_BYTES: usize = 64_000;

impl Airbrake {
    /// Sends to a project. Errbit takes any id.
    pub fn new(project_id: impl Display, project_key: impl Into<String>) -> Self {
        Self {
            project_id: project_id.to_string(),
            project_key: Secret::new(project_key),
            endpoint: None,
            client: Client::new("Airbrake"),
        }
    }

    /// Sends to the project of the environment variables `AIRBRAKE_PROJECT_ID` and `AIRBRAKE_PROJECT_KEY`. If they
    /// are not set, [`Builder::build`](crate::Builder::build) says so.
    #[must_use]
    pub fn from_env() -> Self {
        let id = std::env::var(ID_VARIABLE).unwrap_or_default();
        Self {
            project_key: Secret::from_env(KEY_VARIABLE),
            ..Self::new(id.trim(), "")
        }
    }

    /// The server, for Errbit. Default: `https://api.airbrake.io`.
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

    fn url(&self) -> Result<Endpoint, BoxError> {
        let server = self.endpoint.as_ref();
        let server = server.map_or("https://api.airbrake.io", Secret::expose);
        let endpoint = Endpoint::parse(server)?;
        Ok(endpoint.with(|url| {
            let prefix = url.path().trim_end_matches('/');
            let path = format!("{prefix}/api/v3/projects/{}/notices", self.project_id);
            url.set_path(&path);
        }))
    }

    fn headers(&self) -> Option<HeaderMap> {
        let bearer = format!("Bearer {}", self.project_key.expose());
        let mut bearer = HeaderValue::try_from(bearer).ok()?;
        bearer.set_sensitive(true);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(AUTHORIZATION, bearer);
        Some(headers)
    }

    async fn send(&self, endpoint: &Endpoint, report: &Report) -> (Delivery, Answer) {
        let body = fit(report, MAX_BYTES, notice::render);
        let (Some(body), Some(headers)) = (body, self.headers()) else {
            return (Delivery::Rejected, Answer::Nothing);
        };
        let answer = self.client.post(endpoint, headers, body).await;
        (answer.delivery(), answer)
    }
}

impl Reporter for Airbrake {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let Ok(endpoint) = self.url() else {
            return vec![Delivery::Rejected; batch.len()];
        };
        let mut round = Round::of(batch.len());
        for report in batch {
            if !round.send(self.send(&endpoint, report)).await {
                break;
            }
        }
        round.into_deliveries()
    }

    fn name(&self) -> Cow<'static, str> {
        "Airbrake".into()
    }

    fn check(&self) -> Result<(), BoxError> {
        let is_plain =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        for (what, variable, value) in [
            ("project's id", ID_VARIABLE, self.project_id.as_str()),
            ("project's key", KEY_VARIABLE, self.project_key.expose()),
        ] {
            if !is_plain(value) {
                let problem = format!(
                    "the {what} has to be letters and digits; take it from the project's settings, or set {variable} for `from_env`"
                );
                return Err(problem.into());
            }
        }
        self.client.check(&self.url()?)
    }
}
