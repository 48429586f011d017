//! What `on_error` sees.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use crate::error::{Failure, Origin};
use crate::panics::catch::catch_panic;
use crate::request::RequestInfo;

/// One failure and its request, as [`Builder::on_error`](super::Builder::on_error) sees them.
#[derive(Debug)]
pub struct ErrorEvent<'a> {
    failure: &'a Failure,
    request: &'a RequestInfo,
    sent: Option<StatusCode>,
}

impl<'a> ErrorEvent<'a> {
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

    /// The status that the client gets. Where the response had started it is the one that had left,
    /// a 200 mostly, while the failure's own is 500.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.sent.unwrap_or_else(|| self.failure.status())
    }

    /// Whether it is reported where no [filter](super::Builder::filter) decides: from 500 on, and every panic
    /// and failed body.
    #[must_use]
    pub fn is_reported_by_default(&self) -> bool {
        self.failure.status().is_server_error()
            || matches!(self.failure.origin(), Origin::Panic | Origin::Body)
    }

    /// Whether there was a response already that this does not change. Where its body failed the client sees a broken
    /// stream and no answer; where a destructor of the handler's panicked it sees nothing of it.
    #[must_use]
    pub const fn response_started(&self) -> bool {
        self.sent.is_some()
    }
}

/// A registered callback.
#[derive(Clone)]
pub(super) struct OnError(pub(super) Arc<Callback>);

type Callback = dyn Fn(&ErrorEvent<'_>) + Send + Sync;

impl OnError {
    /// A callback that panics changes nothing.
    pub(super) fn call(&self, event: &ErrorEvent<'_>) {
        catch_panic(|| (self.0)(event));
    }
}

impl fmt::Debug for OnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnError(…)")
    }
}
