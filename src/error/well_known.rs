//! The error types whose status everybody agrees on, found by type, never by name.

use std::error::Error as StdError;

use http::{HeaderValue, StatusCode};

/// What is known of a type of error.
#[derive(Debug)]
pub(crate) struct WellKnown {
    /// The name of the type, for behind a `dyn Error` nobody else knows it.
    pub(crate) name: &'static str,
    pub(crate) status: StatusCode,
    /// In how many seconds to try again.
    pub(crate) retry_after: Option<HeaderValue>,
}

/// tower's and tokio's timeouts, tower's overloaded and closed services, a body over its limit.
pub(crate) fn known(error: &(dyn StdError + 'static)) -> Option<WellKnown> {
    use std::any::type_name;

    use http_body_util::LengthLimitError;
    use tower::load_shed::error::Overloaded;
    use tower::timeout::error::Elapsed;

    let known = |name, status| {
        Some(WellKnown {
            name,
            status,
            retry_after: None,
        })
    };
    if error.is::<Elapsed>() {
        return known(type_name::<Elapsed>(), StatusCode::GATEWAY_TIMEOUT);
    }
    if error.is::<tokio::time::error::Elapsed>() {
        return known(
            type_name::<tokio::time::error::Elapsed>(),
            StatusCode::GATEWAY_TIMEOUT,
        );
    }
    if error.is::<Overloaded>() {
        return Some(WellKnown {
            name: type_name::<Overloaded>(),
            status: StatusCode::SERVICE_UNAVAILABLE,
            retry_after: Some(HeaderValue::from_static("1")),
        });
    }
    if error.is::<LengthLimitError>() {
        return known(
            type_name::<LengthLimitError>(),
            StatusCode::PAYLOAD_TOO_LARGE,
        );
    }
    None
}
