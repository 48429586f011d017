//! [`ErrorEvent`]: a failure as callbacks on the request's path see it.

use http::StatusCode;

use crate::error::{Failure, Origin};
use crate::request::RequestInfo;

/// One failure and its request, as [`Builder::on_error`](crate::Builder::on_error) and
/// [`Reporting::filter`](crate::settings::Reporting::filter) see them.
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

    /// The same failure where a response with this status had already started.
    #[must_use]
    pub const fn with_sent_status(mut self, status: StatusCode) -> Self {
        self.sent = Some(status);
        self
    }

    /// What failed, with everything that the client does not see.
    #[must_use]
    pub const fn failure(&self) -> &'a Failure {
        self.failure
    }

    /// The request that failed.
    #[must_use]
    pub const fn request(&self) -> &'a RequestInfo {
        self.request
    }

    /// The status that the client gets. If the response had started, it is the one that was sent, usually 200,
    /// while the failure's own status is 500.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.sent.unwrap_or_else(|| self.failure.status())
    }

    /// Whether the failure is reported where no [filter](crate::settings::Reporting::filter) decides: if its status is 500
    /// or above, and for every panic and every failed body.
    #[must_use]
    pub fn is_reported_by_default(&self) -> bool {
        self.failure.status().is_server_error()
            || matches!(self.failure.origin(), Origin::Panic | Origin::Body)
    }

    /// Whether the response had started, so that the failure did not change it. If its body failed, the client
    /// sees a stream that breaks off; if a destructor of the handler panicked, it sees nothing of it.
    #[must_use]
    pub const fn response_started(&self) -> bool {
        self.sent.is_some()
    }
}
