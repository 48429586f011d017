//! The requests that carry reports.

use std::fmt;

use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderMap, HeaderValue};

/// A `POST` to the endpoint: headers and a body. `User-Agent` and `Content-Length` are added when it is sent.
///
/// ```
/// use backstop_http::{Request, Secret};
/// use http::header::AUTHORIZATION;
///
/// let token = Secret::new("s3cr3t").to_header("Bearer ")?;
/// let request = Request::json(br#"{"reports": []}"#).with_header(AUTHORIZATION, token);
/// assert!(!format!("{request:?}").contains("s3cr3t"));
/// # Ok::<(), http::header::InvalidHeaderValue>(())
/// ```
#[derive(Clone)]
pub struct Request {
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Request {
    /// A request whose body is of this media type.
    pub fn new(content_type: HeaderValue, body: impl Into<Vec<u8>>) -> Self {
        Self {
            headers: HeaderMap::from_iter([(CONTENT_TYPE, content_type)]),
            body: body.into(),
        }
    }

    /// A request whose body is JSON.
    pub fn json(body: impl Into<Vec<u8>>) -> Self {
        Self::new(HeaderValue::from_static("application/json"), body)
    }

    /// Sets a header. Credentials should be marked as sensitive, as [`Secret::to_header`](crate::Secret::to_header)
    /// does.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    pub(crate) fn into_parts(self) -> (HeaderMap, Vec<u8>) {
        (self.headers, self.body)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("headers", &self.headers)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}
