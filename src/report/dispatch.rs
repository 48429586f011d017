//! [`Dispatch`]: the part of a Backstop that scopes hold, and the one that the process reports to.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use uuid::Uuid;

use super::defaults::ReportDefaults;
use super::event::Event;
use super::outcome::Outcome;
use crate::error::{Failure, StatusMap};
use crate::panics::catch::catch_panic;

/// Receives the events of one Backstop: its pipeline.
pub(crate) trait EventSink: Send + Sync + 'static {
    /// Takes an event, or counts why it is dropped. Called on the request path, so it never waits.
    fn capture(&self, event: Box<Event>);

    /// Counts a failure that is not reported for this reason.
    fn refused(&self, _id: Uuid, _reason: Outcome) {}
}

/// Decides what a panic means for the process.
pub(crate) trait PanicObserver: Send + Sync + 'static {
    /// Called for each panic of this Backstop after it was captured, possibly on the request path, so it never waits.
    fn panicked(self: Arc<Self>, failure: &Failure);
}

/// The part of a Backstop that scopes hold. Dispatches are compared by identity.
pub(crate) struct Dispatch {
    number: u64,
    sink: Option<Arc<dyn EventSink>>,
    panic_observer: Option<Arc<dyn PanicObserver>>,
    /// Whether scopes record although there may be no reporter, because developers see what they recorded.
    shows_scopes: bool,
    defaults: Arc<ReportDefaults>,
    statuses: StatusMap,
}

impl Dispatch {
    pub(crate) fn new(
        number: u64,
        sink: Option<Arc<dyn EventSink>>,
        defaults: ReportDefaults,
    ) -> Self {
        Self {
            number,
            sink,
            panic_observer: None,
            shows_scopes: false,
            defaults: Arc::new(defaults),
            statuses: StatusMap::default(),
        }
    }

    pub(crate) fn with_statuses(self, statuses: StatusMap) -> Self {
        Self { statuses, ..self }
    }

    pub(crate) fn with_panic_observer(self, observer: Option<Arc<dyn PanicObserver>>) -> Self {
        Self {
            panic_observer: observer,
            ..self
        }
    }

    pub(crate) fn with_shown_scopes(self, shows_scopes: bool) -> Self {
        Self {
            shows_scopes,
            ..self
        }
    }

    /// The number of the Backstop, unique within the process.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether scopes record: what they hold is reported, or shown to developers.
    pub(crate) const fn is_recording(&self) -> bool {
        self.sink.is_some() || self.shows_scopes
    }

    /// Whether there is a reporter: without one nothing is captured.
    pub(crate) const fn is_listening(&self) -> bool {
        self.sink.is_some()
    }

    pub(crate) const fn defaults(&self) -> &Arc<ReportDefaults> {
        &self.defaults
    }

    /// Which status an error has when it becomes a response.
    pub(crate) const fn statuses(&self) -> &StatusMap {
        &self.statuses
    }

    /// Marks the failure as reported by this Backstop, and returns whether it was not before.
    pub(crate) fn claim_report(&self, failure: &Failure) -> bool {
        let reported_to = failure.reported_to();
        reported_to.is_none_or(|reported_to| reported_to.insert(self.number))
    }

    /// Hands an event to the pipeline. Panics there are caught.
    pub(crate) fn capture(&self, event: Box<Event>) {
        if let Some(sink) = &self.sink {
            catch_panic(|| sink.capture(event));
        }
    }

    /// Counts a failure that is not reported for this reason.
    pub(crate) fn refused(&self, id: Uuid, reason: Outcome) {
        if let Some(sink) = &self.sink {
            catch_panic(|| sink.refused(id, reason));
        }
    }

    /// Notifies the observer of a panic, whether it is reported or not.
    pub(crate) fn panicked(&self, failure: &Failure) {
        if let Some(observer) = &self.panic_observer {
            Arc::clone(observer).panicked(failure);
        }
    }
}

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatch")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

/// The Backstop that installed the panic hook, to which free functions report outside of every scope. Held weakly,
/// because a Backstop ends with its last handle.
static OF_PROCESS: RwLock<Weak<Dispatch>> = RwLock::new(Weak::new());
/// The number of failures for which there was no Backstop to report to.
static UNREPORTED: AtomicU64 = AtomicU64::new(0);

/// Makes this the Backstop that the process reports to.
pub(crate) fn set_process_dispatch(dispatch: &Arc<Dispatch>) {
    *OF_PROCESS.write().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(dispatch);
}

/// Returns the Backstop that the process reports to, if it is still alive.
pub(crate) fn process_dispatch() -> Option<Arc<Dispatch>> {
    OF_PROCESS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .upgrade()
}

pub(crate) fn count_unreported() {
    UNREPORTED.fetch_add(1, Ordering::Relaxed);
}

/// How many failures were reported in this process while there was no Backstop to report to, neither a
/// scope's nor the one that installed the [panic hook](crate::Backstop::install_panic_hook): by
/// [`notify`](crate::notify()), [`intercept`](crate::report::Intercept::intercept) and
/// [`spawn`](crate::spawn), and panics of tasks and threads.
///
/// A count above zero means that code ran before the panic hook was installed, or outlived the Backstop.
///
/// ```
/// use backstop::prelude::*;
/// use backstop::stats::unreported_count;
///
/// let before = unreported_count();
/// assert_eq!("x".parse::<u8>().intercept(), None);
/// assert_eq!(unreported_count(), before + 1);
/// ```
#[must_use]
pub fn unreported_count() -> u64 {
    UNREPORTED.load(Ordering::Relaxed)
}
