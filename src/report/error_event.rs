//! [`ErrorEvent`]: a failure as callbacks on the request path receive it.

use http::StatusCode;

use crate::error::{Failure, Origin};
use crate::request::RequestInfo;

/// One failure and its request, as [`Builder::on_error`](crate::Builder::on_error) and
/// [`Reporting::filter`](crate::settings::Reporting::filter) receive them.
///
/// ```
/// use backstop::report::ErrorEvent;
/// use backstop::{Error, Failure, RequestInfo};
/// use http::{Request, StatusCode};
///
/// fn is_wanted(event: &ErrorEvent<'_>) -> bool {
///     event.is_reported_by_default() && event.request().uri().path() != "/health"
/// }
///
/// let failure = Failure::from(Error::msg("out of stock"));
/// let request = RequestInfo::from_request(&Request::get("/health").body(()).unwrap());
/// assert!(!is_wanted(&ErrorEvent::new(&failure, &request)));
/// ```
#[derive(Debug)]
pub struct ErrorEvent<'a> {
    failure: &'a Failure,
    request: &'a RequestInfo,
    sent: Option<StatusCode>,
}

impl<'a> ErrorEvent<'a> {
    /// A failure that became the response.
    #[must_use]
    pub const fn new(failure: &'a Failure, request: &'a RequestInfo) -> Self {
        Self {
            failure,
            request,
            sent: None,
        }
    }

    /// Sets the status of the response if it had already started when the failure happened.
    #[must_use]
    pub const fn with_sent_status(mut self, status: StatusCode) -> Self {
        self.sent = Some(status);
        self
    }

    /// Returns the failure, including everything that the client does not see.
    #[must_use]
    pub const fn failure(&self) -> &'a Failure {
        self.failure
    }

    /// Returns the request that failed.
    #[must_use]
    pub const fn request(&self) -> &'a RequestInfo {
        self.request
    }

    /// Returns the status that the client receives. If the response had already started, it is the status that was
    /// sent, usually 200, while the failure's own status is 500.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.sent.unwrap_or_else(|| self.failure.status())
    }

    /// Whether the failure is reported if no [filter](crate::settings::Reporting::filter) is set: true for a status of
    /// 500 or above, for every panic and for every failed body, unless it is [expected](Failure::is_expected).
    #[must_use]
    pub fn is_reported_by_default(&self) -> bool {
        let is_severe = self.failure.status().is_server_error()
            || matches!(self.failure.origin(), Origin::Panic | Origin::Body);
        is_severe && !self.failure.is_expected()
    }

    /// Whether the response had already started, so that the failure could not change it. If the body failed, the
    /// client receives a truncated stream; if a destructor of the handler panicked, the client notices nothing.
    #[must_use]
    pub const fn response_started(&self) -> bool {
        self.sent.is_some()
    }
}
