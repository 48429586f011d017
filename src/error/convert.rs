//! [`HttpError`] for the errors that everybody meets. All are foreign: their texts were not written for
//! clients, so `map_status` may decide their status and their message stays hidden.
//!
//! `std::io` and `serde_json` are 500s: a file that the server misses is not the client's 404.

use http::StatusCode;

use super::HttpError;
use crate::problem::InvalidProblem;

macro_rules! foreign {
    ($($(#[$attribute:meta])* $error:ty,)+) => {
        $(
            $(#[$attribute])*
            impl HttpError for $error {
                fn is_foreign(&self) -> bool {
                    true
                }
            }
        )+
    };
}

foreign! {
    std::fmt::Error,
    std::io::Error,
    std::string::FromUtf8Error,
    std::str::Utf8Error,
    http::Error,
    serde_json::Error,
    axum_core::Error,
    crate::problem::ReservedName,
    #[cfg(feature = "tower")]
    tower::timeout::error::Elapsed,
    #[cfg(feature = "tower")]
    tower::load_shed::error::Overloaded,
    #[cfg(feature = "tower")]
    tower::buffer::error::Closed,
    #[cfg(feature = "tower")]
    tower::buffer::error::ServiceError,
    #[cfg(feature = "tower")]
    tokio::time::error::Elapsed,
    #[cfg(feature = "tower")]
    tokio::task::JoinError,
    #[cfg(feature = "tower")]
    http_body_util::LengthLimitError,
}

/// What an upstream sent as a problem is none.
impl HttpError for InvalidProblem {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_GATEWAY
    }

    fn is_foreign(&self) -> bool {
        true
    }
}
