//! The HTTP client of one reporter.

use std::error::Error as _;
use std::fmt;
use std::sync::OnceLock;
use std::time::Duration;

use backstop::BoxError;
use reqwest::{Certificate, redirect, retry};

use crate::endpoint::Endpoint;
use crate::health::Health;
use crate::request::Request;
use crate::response::Response;

/// The settings of a client, and the client itself, which is created on first use.
pub(crate) struct Client {
    timeout: Duration,
    roots: Vec<Vec<u8>>,
    created: OnceLock<Result<reqwest::Client, String>>,
    health: Health,
}

/// The time limit of a whole request.
const TIMEOUT: Duration = Duration::from_secs(15);
/// The time limit of the rest of a response whose status is known.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of a response's body is read.
const MAX_TEXT: usize = 4 * 1024;

impl Client {
    pub(crate) fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
        self.reset();
    }

    /// Trusts one more certificate authority, in PEM.
    pub(crate) fn add_root(&mut self, pem: Vec<u8>) {
        self.roots.push(pem);
        self.reset();
    }

    /// Discards the client, because a setting has changed.
    pub(crate) fn reset(&mut self) {
        self.created = OnceLock::new();
    }

    /// Checks that a client can be created with these settings.
    pub(crate) fn check(&self, endpoint: &Endpoint) -> Result<(), BoxError> {
        if self.timeout.is_zero() {
            return Err(
                "a timeout of 0 leaves no time to send a report; use at least a second".into(),
            );
        }
        self.get(endpoint).map(drop).map_err(BoxError::from)
    }

    /// Sends a request. There is no response if the tracker is unreachable, closes the connection or takes too long.
    pub(crate) async fn post(
        &self,
        reporter: &str,
        endpoint: &Endpoint,
        request: Request,
    ) -> Option<Response> {
        let client = self.get(endpoint).ok()?;
        let (headers, body) = request.into_parts();
        let request = client.post(endpoint.url().clone()).headers(headers);
        match request.body(body).send().await {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                let response = Response::new(status, headers, start_of_body(response).await);
                let failure = (!status.is_success()).then(|| format!("the response is {status}"));
                self.health.record(reporter, endpoint, failure);
                Some(response)
            }
            Err(error) => {
                let chain = Chain(error.without_url()).to_string();
                self.health.record(reporter, endpoint, Some(chain));
                None
            }
        }
    }

    fn get(&self, endpoint: &Endpoint) -> Result<&reqwest::Client, String> {
        let created = self
            .created
            .get_or_init(|| self.create(endpoint.is_plaintext()));
        created.as_ref().map_err(Clone::clone)
    }

    fn create(&self, is_plaintext: bool) -> Result<reqwest::Client, String> {
        let mut roots = Vec::new();
        for pem in &self.roots {
            let parsed = Certificate::from_pem_bundle(pem).unwrap_or_default();
            if parsed.is_empty() {
                return Err(
                    "root certificate is not valid PEM; use the content of a .pem file".to_owned(),
                );
            }
            roots.extend(parsed);
        }
        let builder = reqwest::Client::builder()
            .user_agent(concat!("backstop/", env!("CARGO_PKG_VERSION")))
            .timeout(self.timeout)
            .connect_timeout(self.timeout)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .pool_max_idle_per_host(1)
            .tls_backend_rustls();
        let builder = if is_plaintext && roots.is_empty() {
            // Lets a machine without any certificates send reports, too.
            builder.tls_certs_only([])
        } else {
            builder.tls_certs_merge(roots)
        };
        let failed = |error| format!("failed to create the HTTP client: {}", Chain(error));
        builder.build().map_err(failed)
    }
}

impl Default for Client {
    fn default() -> Self {
        Self {
            timeout: TIMEOUT,
            roots: Vec::new(),
            created: OnceLock::new(),
            health: Health::default(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({:?})", self.timeout)
    }
}

/// Reads the start of a body. The status is known already, so what is late or broken is omitted.
async fn start_of_body(mut response: reqwest::Response) -> String {
    let mut start = Vec::new();
    let read = async {
        while let Ok(Some(chunk)) = response.chunk().await {
            let left = MAX_TEXT - start.len();
            start.extend_from_slice(&chunk[..chunk.len().min(left)]);
            if start.len() == MAX_TEXT {
                break;
            }
        }
    };
    let _ = tokio::time::timeout(BODY_TIMEOUT, read).await;
    String::from_utf8_lossy(&start).into_owned()
}

/// Displays an error and its sources.
struct Chain(reqwest::Error);

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut next = self.0.source();
        while let Some(error) = next {
            write!(f, ": {error}")?;
            next = error.source();
        }
        Ok(())
    }
}
