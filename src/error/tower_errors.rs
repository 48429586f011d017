//! The errors of Tower and tokio whose status is not in doubt. They are recognized by type.

use std::any::type_name;
use std::error::Error as StdError;

use http::{HeaderValue, StatusCode};
use http_body_util::LengthLimitError;
use tower::load_shed::error::Overloaded;
use tower::timeout::error::Elapsed;

/// What is known of an error.
#[derive(Debug)]
pub(super) struct WellKnown {
    /// The name of the type, which is not known otherwise behind a `dyn Error`.
    pub(super) type_name: &'static str,
    pub(super) status: StatusCode,
    /// After how many seconds the client may try again.
    pub(super) retry_after: Option<HeaderValue>,
}

impl WellKnown {
    pub(super) const fn new(type_name: &'static str, status: StatusCode) -> Self {
        Self {
            type_name,
            status,
            retry_after: None,
        }
    }
}

/// Recognizes the timeouts of Tower and tokio, and Tower's shed load.
pub(super) fn tower_error(error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    let known = |type_name, status| Some(WellKnown::new(type_name, status));
    if error.is::<Elapsed>() {
        return known(type_name::<Elapsed>(), StatusCode::GATEWAY_TIMEOUT);
    }
    if error.is::<tokio::time::error::Elapsed>() {
        let name = type_name::<tokio::time::error::Elapsed>();
        return known(name, StatusCode::GATEWAY_TIMEOUT);
    }
    if error.is::<Overloaded>() {
        return Some(WellKnown {
            retry_after: Some(HeaderValue::from_static("1")),
            ..WellKnown::new(type_name::<Overloaded>(), StatusCode::SERVICE_UNAVAILABLE)
        });
    }
    if error.is::<LengthLimitError>() {
        let name = type_name::<LengthLimitError>();
        return known(name, StatusCode::PAYLOAD_TOO_LARGE);
    }
    None
}
