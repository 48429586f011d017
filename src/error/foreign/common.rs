//! [`HttpError`] for the errors that everybody meets. All are foreign: their texts were not written for
//! clients, so `map_status` may decide their status and their message stays hidden.
//!
//! `std::io` and `serde_json` are 500s: a file that the server misses is not the client's 404.

use http::StatusCode;

use crate::error::HttpError;
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
    tower::timeout::error::Elapsed,
    tower::load_shed::error::Overloaded,
    tokio::time::error::Elapsed,
    tokio::task::JoinError,
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
