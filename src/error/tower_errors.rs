//! The errors of Tower and tokio whose status is not in doubt. They are recognized by type, never by name.

use std::any::type_name;
use std::error::Error as StdError;

use http::{HeaderValue, StatusCode};
use http_body_util::LengthLimitError;
use tower::load_shed::error::Overloaded;
use tower::timeout::error::Elapsed;

/// What is known of an error type.
#[derive(Debug)]
pub(super) struct WellKnown {
    /// The name of the type, which is not known otherwise behind a `dyn Error`.
    pub(super) type_name: &'static str,
    pub(super) status: StatusCode,
    /// After how many seconds the client may try again.
    pub(super) retry_after: Option<HeaderValue>,
}

/// Recognizes the timeouts of Tower and tokio, Tower's shed load, and a body that exceeds its limit.
pub(super) fn well_known(error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    let known = |type_name, status| {
        Some(WellKnown {
            type_name,
            status,
            retry_after: None,
        })
    };
    if error.is::<Elapsed>() {
        return known(type_name::<Elapsed>(), StatusCode::GATEWAY_TIMEOUT);
    }
    if error.is::<tokio::time::error::Elapsed>() {
        let name = type_name::<tokio::time::error::Elapsed>();
        return known(name, StatusCode::GATEWAY_TIMEOUT);
    }
    if error.is::<Overloaded>() {
        return Some(WellKnown {
            type_name: type_name::<Overloaded>(),
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: Some(HeaderValue::from_static("1")),
        });
    }
    if error.is::<LengthLimitError>() {
        let name = type_name::<LengthLimitError>();
        return known(name, StatusCode::PAYLOAD_TOO_LARGE);
    }
    None
}
