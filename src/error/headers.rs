//! The headers that an error adds to its response.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRAILER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::http_error::HttpError;
use super::repr::Repr;
use super::tower_errors::tower_error;
use crate::panics::catch::catch_panic;

/// The headers that an error cannot set: those that describe the body of the response, and the id.
const RESERVED: [HeaderName; 6] = [
    CONTENT_TYPE,
    CONTENT_LENGTH,
    CONTENT_ENCODING,
    TRANSFER_ENCODING,
    TRAILER,
    HeaderName::from_static("x-error-id"),
];

impl Repr {
    /// The headers that were set, and those of the error itself that were not set. `None` if there are none.
    pub(crate) fn headers(&self) -> Option<HeaderMap> {
        let http = self.cause.http();
        if http.is_none() && self.overrides.is_none() {
            return None;
        }
        let declared = http.and_then(|http| catch_panic(|| HttpError::headers(http)));
        let mut headers = declared.unwrap_or_default();
        if let Some(overrides) = &self.overrides {
            headers.extend(overrides.headers.clone());
        }
        if headers.is_empty() {
            return None;
        }
        for name in RESERVED {
            headers.remove(name);
        }
        Some(headers)
    }

    /// The value of `Retry-After` that an error of Tower in the cause chain asks for.
    pub(crate) fn retry_after(&self) -> Option<HeaderValue> {
        self.error()?;
        self.cause.errors().find_map(tower_error)?.retry_after
    }
}
