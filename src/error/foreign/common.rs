//! Common errors: those of std, and of the crates that Backstop itself depends on. All are foreign, because their texts
//! were not written for clients.
//!
//! `std::io::Error` and `serde_json::Error` are 500s: a missing file on the server is not the client's 404.

use std::error::Error as StdError;

use http::StatusCode;

use crate::error::http_error::HttpError;
use crate::error::std_error::{display, sources};
use crate::problem::InvalidProblem;

macro_rules! foreign {
    ($($error:ty,)+) => {
        $(
            #[diagnostic::do_not_recommend]
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
    crate::problem::ReservedName,
    tower::timeout::error::Elapsed,
    tower::load_shed::error::Overloaded,
    tokio::time::error::Elapsed,
    tokio::task::JoinError,
    http_body_util::LengthLimitError,
}

/// Reading the body of a request failed: the client disconnected, sent an invalid body, or sent it too slowly. A body
/// that exceeds its length limit is recognized by the type of its source.
#[diagnostic::do_not_recommend]
impl HttpError for axum_core::Error {
    fn status(&self) -> StatusCode {
        if sources(self).any(is_body_timeout) {
            StatusCode::REQUEST_TIMEOUT
        } else {
            StatusCode::BAD_REQUEST
        }
    }

    fn is_foreign(&self) -> bool {
        true
    }
}

/// Whether an error is tower-http's `TimeoutError` of a body. Its versions 0.6 and 0.7 are both in use, so it is
/// recognized by its message, without a dependency on either.
fn is_body_timeout(error: &(dyn StdError + 'static)) -> bool {
    const TEXT: &str = "data was not received within the designated timeout";
    display(error) == TEXT
}

/// An upstream server sent an invalid problem document.
#[diagnostic::do_not_recommend]
impl HttpError for InvalidProblem {
    fn status(&self) -> StatusCode {
        StatusCode::BAD_GATEWAY
    }

    fn is_foreign(&self) -> bool {
        true
    }
}
