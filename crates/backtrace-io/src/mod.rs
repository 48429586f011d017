//! backtrace.io.

mod body;
mod document;
mod target;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, StatusCode};

use self::body::Body;
use super::http::{Answer, Client, Endpoint, Round, Secret, fit};
use super::{Delivery, Reporter};
use crate::error::BoxError;
use crate::report::Report;

/// Sends to [backtrace.io](https://docs.saucelabs.com/error-reporting/), hosted or on premise.
///
/// The report's id is its `uuid`, on every attempt: one that they have already is one that has arrived.
/// Attributes can be searched there; metadata, request and causes are annotations, and breadcrumbs the attachment
/// that their pages show. The report's fingerprint groups it.
///
/// Frames carry the source that is near them, five lines each way unless [`context_lines`](Self::context_lines)
/// says otherwise: enough to recognise the place, and little enough to be sent with every report. `langVersion` is
/// the oldest Rust that Backstop is made for, for a program does not know its compiler.
///
/// ```
/// use backstop::{Backstop, reporters::BacktraceIo};
///
/// let backstop = Backstop::production()
///     .app("shop", "1.2.3")
///     .reporter(BacktraceIo::new("https://shop.sp.backtrace.io:6098", "0123456789abcdef"))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct BacktraceIo {
    endpoint: Secret,
    token: Secret,
    excerpt: Excerpt,
    client: Client,
}

/// How source is shown.
#[derive(Clone, Copy, Debug)]
struct Excerpt {
    lines: u32,
    tab_width: u32,
}

/// No limit of theirs is known; a report above this is some mistake.
const MAX_BYTES: usize = 10_000_000;

impl BacktraceIo {
    /// Sends to an endpoint with a token that may `error:post`. These forms are understood:
    ///
    /// | endpoint | token | reports go to |
    /// |---|---|---|
    /// | `https://submit.backtrace.io/universe/token/json` | may be empty | the same |
    /// | `https://universe.sp.backtrace.io:6098` | needed | `/post?format=json&token=…` |
    /// | `https://proxy/prefix` | needed | `/prefix/post?format=json&token=…` |
    /// | `https://host/api/post` | needed | `/api/post?format=json&token=…` |
    /// | `https://host/post?format=json&token=…` | may be empty | the same; with a given token instead of its own |
    ///
    /// Other fields of a query are kept: at the server they are attributes.
    pub fn new(endpoint: impl Into<String>, token: impl Into<String>) -> Self {
        Self {
            endpoint: Secret::new(endpoint),
            token: Secret::new(token),
            excerpt: Excerpt {
                lines: 5,
                tab_width: 4,
            },
            client: Client::new("BacktraceIo"),
        }
    }

    /// Sends to another endpoint than [`new`](Self::new) was given.
    #[must_use]
    pub fn endpoint(mut self, url: impl Into<String>) -> Self {
        self.endpoint = Secret::new(url);
        self
    }

    /// How many lines of source are sent before and after each frame's, as far as the report has them.
    /// Default: 5.
    #[must_use]
    pub const fn context_lines(mut self, lines: u32) -> Self {
        self.excerpt.lines = lines;
        self
    }

    /// How wide a tab is shown. Default: 4.
    #[must_use]
    pub const fn tab_width(mut self, columns: u32) -> Self {
        self.excerpt.tab_width = columns;
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

    async fn send(&self, endpoint: &Endpoint, report: &Report) -> (Delivery, Answer) {
        let boundary = body::boundary();
        let mut headers = HeaderMap::new();
        let rendered = fit(report, MAX_BYTES, |report| {
            let body = Body::of(report, self.excerpt);
            body.into_bytes(&boundary)
        });
        let content_type = Body::content_type(report, &boundary).parse();
        let (Some(bytes), Ok(content_type)) = (rendered, content_type) else {
            return (Delivery::Rejected, Answer::Nothing);
        };
        headers.insert(CONTENT_TYPE, content_type);
        let answer = self.client.post(endpoint, headers, bytes).await;
        let delivery = if is_duplicate(&answer) {
            Delivery::Delivered
        } else {
            answer.delivery()
        };
        (delivery, answer)
    }
}

impl Reporter for BacktraceIo {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let Ok(endpoint) = target::resolve(&self.endpoint, &self.token) else {
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
        "BacktraceIo".into()
    }

    fn check(&self) -> Result<(), BoxError> {
        self.client
            .check(&target::resolve(&self.endpoint, &self.token)?)
    }
}

/// Whether the report is refused because it is there already, from an attempt whose answer was lost.
fn is_duplicate(answer: &Answer) -> bool {
    match answer {
        Answer::Status { status, text, .. } => {
            *status == StatusCode::CONFLICT
                || status.is_client_error() && text.to_ascii_lowercase().contains("duplicate")
        }
        Answer::Nothing => false,
    }
}
