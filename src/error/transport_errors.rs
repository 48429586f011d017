//! The errors of HTTP itself: the body of a request that the client did not send whole, and an upstream server that
//! failed.
//!
//! Both sides use the same types. The difference is that a request's body reaches a handler as axum's [`Body`],
//! whose errors are [`axum_core::Error`], and an upstream's response does not.
//!
//! [`Body`]: axum_core::body::Body

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use http::StatusCode;
use http_body_util::LengthLimitError;

#[cfg(feature = "axum")]
use super::http_error::HttpError as _;
use super::std_error::{source, sources};
use super::tower_errors::{WellKnown, tower_error};
use crate::panics::catch::catch_panic;

/// Recognizes the errors of Tower and tokio, a request's body that the client did not send whole, and an upstream server
/// that failed.
pub(super) fn well_known(error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    tower_error(error).or_else(|| transport_error(error))
}

fn transport_error(error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    if error.is::<axum_core::Error>() {
        return sources(error)
            .find(|error| !error.is::<axum_core::Error>())
            .filter(|cause| is_of_the_transport(*cause))
            .map(|cause| WellKnown::new(type_name::<axum_core::Error>(), body_status(cause)));
    }
    of_hyper(error).or_else(|| of_text(error))
}

/// The status of a request's body that the client did not send whole, if one is in the cause chain.
#[cfg(feature = "axum")]
pub(super) fn unread_body(error: &(dyn StdError + 'static)) -> Option<StatusCode> {
    let of_body = |error: &(dyn StdError + 'static)| {
        transport_error(error).filter(|_| error.is::<axum_core::Error>())
    };
    sources(error).find_map(of_body).map(|known| known.status)
}

/// The status of a request's body that could not be read, by the error that its reading ended with.
pub(super) fn body_status(error: &(dyn StdError + 'static)) -> StatusCode {
    let mut causes = sources(error);
    if causes.any(|cause| cause.is::<LengthLimitError>()) {
        StatusCode::PAYLOAD_TOO_LARGE
    } else if sources(error).any(is_body_timeout) {
        StatusCode::REQUEST_TIMEOUT
    } else {
        StatusCode::BAD_REQUEST
    }
}

/// Whether the server or a layer around it ends a body with an error like this. Extractors put their own errors into an
/// [`axum_core::Error`] too: that an extension is missing is not the client's fault.
fn is_of_the_transport(cause: &(dyn StdError + 'static)) -> bool {
    #[cfg(feature = "axum")]
    if cause.is::<hyper::Error>() {
        return true;
    }
    cause.is::<std::io::Error>() || cause.is::<LengthLimitError>() || is_body_timeout(cause)
}

/// Whether an error is tower-http's `TimeoutError` of a body. Its versions 0.6 and 0.7 are both in use, so it is
/// recognized by its message, without a dependency on either.
fn is_body_timeout(error: &(dyn StdError + 'static)) -> bool {
    Start::of(error).is(BODY_TIMEOUT)
}

const BODY_TIMEOUT: &str = "data was not received within the designated timeout";
const NO_CONNECTION: &str = "client error (Connect)";

/// An error of hyper that is not below one of axum's: an upstream's, because a server's never reaches a handler
/// otherwise. If the body of the request to the upstream failed, that one's error is the cause.
#[cfg(feature = "axum")]
fn of_hyper(error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    let hyper = error.downcast_ref::<hyper::Error>()?;
    let is_upstream = !hyper.is_user();
    is_upstream.then(|| WellKnown::new(type_name::<hyper::Error>(), hyper.status()))
}

#[cfg(not(feature = "axum"))]
const fn of_hyper(_error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    None
}

/// What is recognized by its message, because the crates are not dependencies.
fn of_text(error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    let start = Start::of(error);
    if start.is(BODY_TIMEOUT) {
        let name = "tower_http::timeout::TimeoutError";
        return Some(WellKnown::new(name, StatusCode::REQUEST_TIMEOUT));
    }
    // The client of hyper-util. Whatever else fails in it has an error of hyper as its source.
    (start.is(NO_CONNECTION) && source(error).is_some()).then(|| {
        let name = "hyper_util::client::legacy::Error";
        WellKnown::new(name, StatusCode::BAD_GATEWAY)
    })
}

/// The start of a message, long enough to recognize a known one. Longer messages are not formatted further.
struct Start {
    bytes: [u8; Self::LENGTH],
    length: usize,
    is_longer: bool,
}

impl Start {
    const LENGTH: usize = 64;

    fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut start = Self {
            bytes: [0; Self::LENGTH],
            length: 0,
            is_longer: false,
        };
        let is_whole = catch_panic(|| write!(start, "{error}").is_ok()).unwrap_or(false);
        start.is_longer |= !is_whole;
        start
    }

    fn is(&self, message: &str) -> bool {
        !self.is_longer && &self.bytes[..self.length] == message.as_bytes()
    }
}

impl fmt::Write for Start {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let Some(room) = self
            .bytes
            .get_mut(self.length..end)
            .filter(|_| !self.is_longer)
        else {
            self.is_longer = true;
            return Err(fmt::Error);
        };
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[derive(Debug)]
    struct Says(&'static [&'static str]);

    impl fmt::Display for Says {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            for part in self.0 {
                // Ignores that the writer wants no more.
                let _ = f.write_str(part);
            }
            Ok(())
        }
    }

    impl StdError for Says {}

    #[test]
    fn a_message_is_recognized_only_if_it_is_the_whole_one() {
        let is_timeout = |parts| is_body_timeout(&Says(parts));
        assert!(is_timeout(&[BODY_TIMEOUT]));
        assert!(is_timeout(&[
            "data was not received within",
            " the designated timeout"
        ]));
        assert!(!is_timeout(&[BODY_TIMEOUT, "!"]));
        const LONG: &str =
            "more than fits into the start of a message that is compared with known ones";
        assert!(!is_timeout(&[BODY_TIMEOUT, LONG]));
        assert!(!is_timeout(&[LONG, BODY_TIMEOUT]));
    }

    #[test]
    fn the_body_of_a_request_is_recognized_below_other_errors_but_an_extractor_s_error_is_not() {
        let failed = |cause: std::io::Error| std::io::Error::other(axum_core::Error::new(cause));
        let error = Error::from(failed(std::io::ErrorKind::UnexpectedEof.into()));
        assert_eq!(error.status(), StatusCode::BAD_REQUEST);
        let error = Error::from(std::io::Error::other(axum_core::Error::new("no extension")));
        assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
    }
}
