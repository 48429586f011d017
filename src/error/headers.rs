//! The headers that an error carries.

use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, TRAILER, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::repr::Repr;
use super::status;
use crate::panics::catch::catch_panic;

/// The headers that an error can't carry: the answer's own.
const OF_THE_FRAME: [HeaderName; 6] = [
    CONTENT_TYPE,
    CONTENT_LENGTH,
    CONTENT_ENCODING,
    TRANSFER_ENCODING,
    TRAILER,
    HeaderName::from_static("x-error-id"),
];

impl Repr {
    /// The headers of the error, the setters' in place of its own, but for those that frame the body: they
    /// would break it. `None` if it has none.
    pub(crate) fn headers(&self) -> Option<HeaderMap> {
        if self.as_http().is_none() && self.said.is_none() {
            return None;
        }
        let theirs = self
            .as_http()
            .and_then(|http| catch_panic(|| http.headers()));
        let mut headers = theirs.unwrap_or_default();
        if let Some(said) = &self.said {
            headers.extend(said.headers.clone());
        }
        if headers.is_empty() {
            return None;
        }
        for name in OF_THE_FRAME {
            headers.remove(name);
        }
        Some(headers)
    }

    /// In how many seconds to try again, where the type of the error or of a cause tells.
    pub(crate) fn retry_after(&self) -> Option<HeaderValue> {
        self.error()?;
        self.sources().find_map(status::known)?.retry_after
    }
}
