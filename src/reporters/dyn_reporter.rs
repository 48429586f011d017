//! Reporters of different types in one list.

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::delivery::Delivery;
use super::reporter::Reporter;
use crate::error::BoxError;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// A [`Reporter`] behind a `dyn`.
pub(crate) trait DynReporter: Send + Sync {
    fn deliver<'a>(&'a self, batch: &'a [Arc<Report>]) -> BoxFuture<'a, Vec<Delivery>>;
    fn name(&self) -> Cow<'static, str>;
    fn destination(&self) -> Cow<'static, str>;
    fn wants_frames(&self) -> bool;
    fn check(&self) -> Result<(), BoxError>;
    fn dropped(&self, reason: Outcome, count: u64);
}

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

impl<R: Reporter> DynReporter for R {
    fn deliver<'a>(&'a self, batch: &'a [Arc<Report>]) -> BoxFuture<'a, Vec<Delivery>> {
        Box::pin(Reporter::deliver(self, batch))
    }

    fn name(&self) -> Cow<'static, str> {
        Reporter::name(self)
    }

    fn destination(&self) -> Cow<'static, str> {
        Reporter::destination(self)
    }

    fn wants_frames(&self) -> bool {
        Reporter::wants_frames(self)
    }

    fn check(&self) -> Result<(), BoxError> {
        Reporter::check(self)
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        Reporter::dropped(self, reason, count);
    }
}

impl fmt::Debug for dyn DynReporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}
