//! Common errors: those of std, and of the crates that Backstop itself depends on. All are foreign, because their texts
//! were not written for clients.
//!
//! `std::io::Error` and `serde_json::Error` are 500s: a missing file on the server is not the client's 404.

use http::StatusCode;

use crate::error::http_error::HttpError;
use crate::problem::InvalidProblem;

macro_rules! foreign {
    ($($error:ty,)+) => {
        $(
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

/// An upstream server sent an invalid problem document.
impl HttpError for InvalidProblem {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_GATEWAY
    }

    fn is_foreign(&self) -> bool {
        true
    }
}
