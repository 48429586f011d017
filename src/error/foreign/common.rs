//! Common errors: those of std, and of the crates that Backstop itself depends on. All are foreign, because their texts
//! were not written for clients.
//!
//! `std::io::Error` and `serde_json::Error` are 500s: a missing file on the server is not the client's 404.

use http::StatusCode;

use crate::error::http_error::HttpError;
use crate::error::transport_errors::body_status;
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

/// Reading the body of a request failed: the client disconnected, sent an invalid body, or sent it too slowly. Foreign,
/// because its text is that of the layer or server that read it.
#[diagnostic::do_not_recommend]
impl HttpError for axum_core::Error {
    /// 413 if the body exceeds its limit, 408 if it took too long, else 400.
    fn status(&self) -> StatusCode {
        body_status(self)
    }

    fn is_foreign(&self) -> bool {
        true
    }
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
