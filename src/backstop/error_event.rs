//! [`ErrorEvent`]: one failure and its request, as callbacks see them.

use http::StatusCode;

use crate::error::{Failure, Origin};
use crate::request::RequestInfo;

/// One failure and its request, as [`Builder::on_error`](crate::Builder::on_error) and
/// [`Reporting::filter`](crate::settings::Reporting::filter) see them.
#[derive(Debug)]
pub struct ErrorEvent<'a> {
    failure: &'a Failure,
    request: &'a RequestInfo,
    sent: Option<StatusCode>,
}

impl<'a> ErrorEvent<'a> {
    /// `sent` is the status of the response, if it had been sent before the failure.
    pub(super) const fn new(
        failure: &'a Failure,
        request: &'a RequestInfo,
        sent: Option<StatusCode>,
    ) -> Self {
        Self {
            failure,
            request,
            sent,
        }
    }

    /// The failure, with everything that the client does not see.
    #[must_use]
    pub const fn failure(&self) -> &'a Failure {
        self.failure
    }

    /// The request that failed.
    #[must_use]
    pub const fn request(&self) -> &'a RequestInfo {
        self.request
    }

    /// The status that the client gets. If the response had started, this is the status that was sent, usually 200,
    /// while the status of the failure itself is 500.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.sent.unwrap_or_else(|| self.failure.status())
    }

    /// Whether the failure is reported if no [filter](crate::settings::Reporting::filter) is set: every status from
    /// 500 on, every panic and every failed body.
    #[must_use]
    pub fn is_reported_by_default(&self) -> bool {
        self.failure.status().is_server_error()
            || matches!(self.failure.origin(), Origin::Panic | Origin::Body)
    }

    /// Whether the client already has a response that this failure does not change. If the body failed, the client
    /// sees a broken stream; if a destructor of the handler panicked, it sees nothing of it.
    #[must_use]
    pub const fn response_started(&self) -> bool {
        self.sent.is_some()
    }
}
