//! The error types whose status everybody agrees on, found by type, never by name.

use std::error::Error as StdError;

use http::{HeaderValue, StatusCode};

/// What is known of a type of error.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) status: StatusCode,
    /// In how many seconds to try again.
    pub(crate) retry_after: Option<HeaderValue>,
}

/// tower's and tokio's timeouts, tower's overloaded and closed services, a body over its limit.
#[cfg(feature = "tower")]
pub(crate) fn known(error: &(dyn StdError + 'static)) -> Option<Known> {
    use tower::{buffer::error::Closed, load_shed::error::Overloaded, timeout::error::Elapsed};

    if error.is::<Elapsed>() || error.is::<tokio::time::error::Elapsed>() {
        return Some(Known {
            status: StatusCode::GATEWAY_TIMEOUT,
            retry_after: None,
        });
    }
    if error.is::<Overloaded>() {
        return Some(Known {
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: Some(HeaderValue::from_static("1")),
        });
    }
    if error.is::<Closed>() {
        return Some(Known {
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: None,
        });
    }
    error
        .is::<http_body_util::LengthLimitError>()
        .then_some(Known {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            retry_after: None,
        })
}

/// Without the feature `tower` no type is known.
#[cfg(not(feature = "tower"))]
pub(crate) fn known(_error: &(dyn StdError + 'static)) -> Option<Known> {
    None
}
