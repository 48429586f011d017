//! `hyper`: a connection to an upstream server that failed.

use http::StatusCode;

use crate::error::http_error::HttpError;

/// Foreign. A request's body that could not be read is an [`axum_core::Error`] instead.
#[diagnostic::do_not_recommend]
impl HttpError for hyper::Error {
    /// 504 if the upstream timed out, 500 if the request could not be made, else 502. If the body of a request was passed
    /// on to the upstream, and the client did not send it whole, the status is that of the body's error.
    fn status(&self) -> StatusCode {
        if self.is_timeout() {
            StatusCode::GATEWAY_TIMEOUT
        } else if self.is_user() {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::BAD_GATEWAY
        }
    }

    fn is_foreign(&self) -> bool {
        true
    }
}
