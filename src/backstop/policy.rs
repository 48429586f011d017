//! Which failures are reported.

use std::fmt;
use std::sync::Arc;

use super::ErrorEvent;
use crate::error::Failure;
use crate::panics::catch::catch_panic;

/// What the owner wants to hear of: from 500 on, panics and failed bodies, unless a setting says otherwise.
#[derive(Clone, Default)]
pub(super) struct Reported {
    pub(super) filter: Option<Arc<Filter>>,
    pub(super) ignored: Vec<Arc<IsIgnored>>,
}

pub(super) type Filter = dyn Fn(&ErrorEvent<'_>) -> bool + Send + Sync;
pub(super) type IsIgnored = dyn Fn(&Failure) -> bool + Send + Sync;

/// What becomes of a failure.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Reported,
    /// It would have been reported, but a setting said no.
    Filtered,
    /// Nobody wants to hear of it, as of most of what is below 500.
    Expected,
}

impl Reported {
    /// A type that is ignored is never reported; of the rest the filter
    /// decides, where there is one. A filter that panics decides nothing.
    pub(super) fn verdict(&self, event: &ErrorEvent<'_>) -> Verdict {
        let by_default = event.is_reported_by_default();
        let wanted = !self
            .ignored
            .iter()
            .any(|is_ignored| is_ignored(event.failure()))
            && self.filter.as_ref().map_or(by_default, |filter| {
                catch_panic(|| filter(event)).unwrap_or(by_default)
            });
        match (wanted, by_default) {
            (true, _) => Verdict::Reported,
            (false, true) => Verdict::Filtered,
            (false, false) => Verdict::Expected,
        }
    }
}

impl fmt::Debug for Reported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reported")
            .field("filter", &self.filter.is_some())
            .field("ignored", &self.ignored.len())
            .finish()
    }
}
