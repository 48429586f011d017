//! The client: one request, one answer, and a word in the log when that changes.

use std::error::Error as _;
use std::fmt;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http::HeaderMap;
use reqwest::{Certificate, redirect, retry};

use super::{Answer, Endpoint, VERSION};
use crate::error::BoxError;

/// Sends for one reporter.
pub(in crate::reporters) struct Client {
    /// The reporter, for the log.
    name: &'static str,
    timeout: Duration,
    roots: Vec<Vec<u8>>,
    made: OnceLock<Result<reqwest::Client, String>>,
    /// What is wrong at the moment, so that the log tells of each change once.
    trouble: Mutex<Option<String>>,
}

/// For the whole of a request.
const TIMEOUT: Duration = Duration::from_secs(15);
/// For the rest of an answer whose status is known.
const BODY_TIMEOUT: Duration = Duration::from_secs(2);
/// How much of an answer's body is read.
const MAX_TEXT: usize = 4 * 1024;

impl Client {
    pub(in crate::reporters) const fn new(name: &'static str) -> Self {
        Self {
            name,
            timeout: TIMEOUT,
            roots: Vec::new(),
            made: OnceLock::new(),
            trouble: Mutex::new(None),
        }
    }

    pub(in crate::reporters) const fn set_timeout(&mut self, timeout: Duration) {
        self.timeout = timeout;
    }

    /// Trusts one more authority, in PEM.
    pub(in crate::reporters) fn trust(&mut self, pem: Vec<u8>) {
        self.roots.push(pem);
    }

    /// Whether there can be a client at all.
    pub(in crate::reporters) fn check(&self, endpoint: &Endpoint) -> Result<(), BoxError> {
        if self.timeout.is_zero() {
            return Err("a timeout of 0 leaves no time to send; give it seconds".into());
        }
        self.made(endpoint).map(drop).map_err(BoxError::from)
    }

    pub(in crate::reporters) async fn post(
        &self,
        endpoint: &Endpoint,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Answer {
        let Ok(client) = self.made(endpoint) else {
            return Answer::Nothing;
        };
        let request = client.post(endpoint.url().clone()).headers(headers);
        match request.body(body).send().await {
            Ok(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                let answer = Answer::new(status, headers, start_of_body(response).await);
                let refused = !status.is_success();
                self.tell(endpoint, refused.then(|| format!("answered {status}")));
                answer
            }
            Err(error) => {
                self.tell(endpoint, Some(Chain(error.without_url()).to_string()));
                Answer::Nothing
            }
        }
    }

    /// The client; made once, by `check`.
    fn made(&self, endpoint: &Endpoint) -> Result<&reqwest::Client, String> {
        let made = self.made.get_or_init(|| self.make(endpoint.is_plain()));
        made.as_ref().map_err(Clone::clone)
    }

    fn make(&self, is_plain: bool) -> Result<reqwest::Client, String> {
        let mut roots = Vec::new();
        for pem in &self.roots {
            let parsed = Certificate::from_pem_bundle(pem).unwrap_or_default();
            if parsed.is_empty() {
                return Err("a root certificate is no PEM; give the text of a .pem file".to_owned());
            }
            roots.extend(parsed);
        }
        let builder = reqwest::Client::builder()
            .user_agent(format!("backstop/{VERSION}"))
            .timeout(self.timeout)
            .connect_timeout(self.timeout)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .pool_max_idle_per_host(1)
            .tls_backend_rustls();
        let builder = if is_plain && roots.is_empty() {
            // Machines without certificates can send in plain text all the same.
            builder.tls_certs_only([])
        } else {
            builder.tls_certs_merge(roots)
        };
        let no_client = |error| format!("there can be no HTTP client: {}", Chain(error));
        builder.build().map_err(no_client)
    }

    fn tell(&self, endpoint: &Endpoint, trouble: Option<String>) {
        let mut before = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        if *before == trouble {
            return;
        }
        before.clone_from(&trouble);
        drop(before);
        let reporter = self.name;
        match trouble {
            Some(trouble) => {
                tracing::warn!(target: "backstop::reporters", reporter, ?endpoint, trouble, "reports do not arrive");
            }
            None => {
                tracing::info!(target: "backstop::reporters", reporter, ?endpoint, "reports arrive again");
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({:?})", self.timeout)
    }
}

/// What is not there in time, or not at all, is nothing that a delivery depends on.
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

/// An error and what is behind it.
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
