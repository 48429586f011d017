//! Which failures are reported.

use std::error::Error as StdError;
use std::sync::Arc;

use crate::error::Failure;
use crate::panics::callback::Callback;
use crate::report::error_event::ErrorEvent;
use crate::report::outcome::Outcome;

/// Which failures are reported: by default every status of 500 or above, every panic and every failed body.
#[derive(Clone, Debug, Default)]
pub(super) struct ReportPolicy {
    filter: Option<Callback<Filter>>,
    ignored: Vec<fn(&Failure) -> bool>,
}

type Filter = dyn Fn(&ErrorEvent<'_>) -> bool + Send + Sync;

/// The decision about one failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Reported,
    /// It would be reported by default, but is excluded for this reason.
    Refused(Outcome),
    /// It is not reported by default either, like most failures below 500.
    Unreported,
}

impl ReportPolicy {
    pub(super) fn filter(
        &mut self,
        filter: impl Fn(&ErrorEvent<'_>) -> bool + Send + Sync + 'static,
    ) {
        self.filter = Some(Callback::new(Arc::new(filter)));
    }

    pub(super) fn ignore<E: StdError + 'static>(&mut self) {
        self.ignored
            .push(|failure| failure.downcast_ref::<E>().is_some());
    }

    /// Adds the ignored types of a later policy, whose filter replaces this one.
    pub(super) fn merge(&mut self, later: Self) {
        self.filter = later.filter.or_else(|| self.filter.take());
        self.ignored.extend(later.ignored);
    }

    /// Expected failures and ignored types are never reported. For the rest the filter decides, if there is one; if it panics, the default
    /// applies.
    pub(super) fn verdict(&self, event: &ErrorEvent<'_>) -> Verdict {
        if event.failure().is_expected() {
            return Verdict::Refused(Outcome::Expected);
        }
        let by_default = event.is_reported_by_default();
        let is_ignored = self.ignored.iter().any(|it| it(event.failure()));
        let is_wanted = !is_ignored
            && match &self.filter {
                Some(filter) => filter.call(|filter| filter(event)).unwrap_or(by_default),
                None => by_default,
            };
        match (is_wanted, by_default) {
            (true, _) => Verdict::Reported,
            (false, true) => Verdict::Refused(Outcome::Filtered),
            (false, false) => Verdict::Unreported,
        }
    }
}
