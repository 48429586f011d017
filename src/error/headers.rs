//! The headers that an error adds to its response.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::http_error::HttpError;
use super::repr::Repr;
use super::tower_errors::tower_error;
use crate::panics::catch::catch_panic;

/// A `HeaderMap` panics beyond 24,576 names. An error with more than these is sent without them.
pub(crate) const MAX_NAMES: usize = 24_000;

/// Whether a header describes the body of its response.
pub(crate) fn describes_body(name: &HeaderName) -> bool {
    matches!(
        name.as_str(),
        "content-length"
            | "transfer-encoding"
            | "content-encoding"
            | "content-language"
            | "content-range"
            | "content-disposition"
            | "content-location"
            | "content-md5"
            | "content-digest"
            | "repr-digest"
            | "digest"
            | "signature"
            | "signature-input"
            | "etag"
            | "last-modified"
            | "accept-ranges"
            | "age"
            | "trailer"
    )
}

/// Whether an error may set this header of a response of this status. It may not set what describes the body or belongs
/// to the connection, except where the status requires it (RFC 9110, sections 15.5.17 and 15.5.22), and not the id.
fn is_settable(name: &HeaderName, status: StatusCode) -> bool {
    match name.as_str() {
        "content-range" => status == StatusCode::RANGE_NOT_SATISFIABLE,
        "connection" | "upgrade" => status == StatusCode::UPGRADE_REQUIRED,
        // The language of its own message.
        "content-language" => true,
        "content-type" | "x-content-type-options" | "x-error-id" => false,
        "keep-alive" | "proxy-connection" | "te" => false,
        _ => !describes_body(name),
    }
}

impl Repr {
    /// The headers that were set, and those of the error itself that were not set. `None` if there are none.
    pub(super) fn headers(&self) -> Option<HeaderMap> {
        let http = self.cause.http();
        if http.is_none() && self.set().next().is_none() {
            return None;
        }
        let declared = http.and_then(|http| catch_panic(|| HttpError::headers(http)));
        let mut headers = declared.unwrap_or_default();
        for set in self.set() {
            if headers.keys_len() + set.headers.keys_len() > MAX_NAMES {
                return None;
            }
            headers.extend(set.headers.clone());
        }
        let is_sent = !headers.is_empty() && headers.keys_len() <= MAX_NAMES;
        is_sent.then_some(headers)
    }

    /// The same, as far as a response of this status may have them.
    pub(crate) fn headers_for(&self, status: StatusCode) -> Option<HeaderMap> {
        let mut headers = self.headers()?;
        let reserved = headers.keys().filter(|name| !is_settable(name, status));
        for name in reserved.cloned().collect::<Vec<_>>() {
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
