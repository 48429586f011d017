//! The HTTP client of one reporter.

use std::error::Error as _;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backstop::BoxError;
use bytes::Bytes;
use http::header::LOCATION;
use reqwest::{Certificate, redirect, retry};
use url::Url;

use crate::endpoint::Endpoint;
use crate::health::Health;
use crate::request::Request;
use crate::response::Response;

/// The settings of a client, and the client itself, which is created on first use.
pub(crate) struct Client {
    timeout: Duration,
    roots: Vec<Vec<u8>>,
    /// For `http` and for `https`.
    created: Mutex<[Option<Created>; 2]>,
    health: Health,
}

/// A client, and the process that created it: a process that was forked off must not use its connections.
#[derive(Clone)]
struct Created {
    process: u32,
    client: Result<reqwest::Client, String>,
}

/// How many redirects of one request are followed.
const MAX_REDIRECTS: usize = 3;
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
        self.created = Mutex::default();
    }

    /// Checks that a client can be created with these settings.
    pub(crate) fn check(&self, endpoint: &Endpoint) -> Result<(), BoxError> {
        if self.timeout.is_zero() {
            return Err(
                "a timeout of 0 leaves no time to send a report; use at least a second".into(),
            );
        }
        self.get(endpoint.url()).map(drop).map_err(BoxError::from)
    }

    /// Sends a request. There is no response if the tracker is unreachable, closes the connection or takes too long.
    pub(crate) async fn post(
        &self,
        reporter: &str,
        endpoint: &Endpoint,
        request: Request,
    ) -> Option<Response> {
        match self.send(endpoint.url(), request).await? {
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

    /// Sends a request, and again where a redirect within the same host says that it is to be sent unchanged; `None` if
    /// there is no client.
    async fn send(
        &self,
        url: &Url,
        request: Request,
    ) -> Option<Result<reqwest::Response, reqwest::Error>> {
        let (headers, body) = request.into_parts();
        let body = Bytes::from(body);
        let mut url = url.clone();
        for _ in 0..MAX_REDIRECTS {
            let client = self.get(&url).ok()?;
            let request = client.post(url.clone()).headers(headers.clone());
            let response = match request.body(body.clone()).send().await {
                Ok(response) => response,
                Err(error) => return Some(Err(error)),
            };
            match redirect_target(&url, &response) {
                Some(target) => url = target,
                None => return Some(Ok(response)),
            }
        }
        let client = self.get(&url).ok()?;
        Some(client.post(url).headers(headers).body(body).send().await)
    }

    /// The client for this URL, which is created on first use.
    fn get(&self, url: &Url) -> Result<reqwest::Client, String> {
        let is_plaintext = url.scheme() == "http";
        let process = std::process::id();
        let mut created = self.created.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = &mut created[usize::from(is_plaintext)];
        if let Some(created) = slot
            && created.process == process
        {
            return created.client.clone();
        }
        let client = self.create(is_plaintext);
        let new = Created {
            process,
            client: client.clone(),
        };
        // The parent's client belongs to a runtime that does not run here.
        std::mem::forget(slot.replace(new));
        client
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
        let builder = if spares_all_hosts() {
            builder.no_proxy()
        } else {
            builder
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
            created: Mutex::default(),
            health: Health::default(),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({:?})", self.timeout)
    }
}

/// Where to send the request again: a 307 or 308 within the same host and port, or to the same host by `https`.
fn redirect_target(url: &Url, response: &reqwest::Response) -> Option<Url> {
    if !matches!(response.status().as_u16(), 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    let target = url.join(location).ok()?;
    let is_same_host = target.host() == url.host();
    let is_same_port = target.port_or_known_default() == url.port_or_known_default();
    let is_same = target.scheme() == url.scheme() && is_same_port;
    let is_encrypted_now = target.scheme() == "https" && url.scheme() == "http";
    let is_plain = target.username().is_empty() && target.password().is_none();
    (is_same_host && (is_same || is_encrypted_now) && is_plain).then_some(target)
}

/// Whether `NO_PROXY` says that no host has a proxy. The client itself does not apply `*` to IP addresses.
fn spares_all_hosts() -> bool {
    let hosts = std::env::var("NO_PROXY").or_else(|_| std::env::var("no_proxy"));
    hosts.is_ok_and(|hosts| hosts.split(',').any(|host| host.trim() == "*"))
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
