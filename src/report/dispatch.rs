//! Whom a scope reports to: what it knows of its Backstop.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, Weak};

use http::Uri;
use serde_json::Value;
use uuid::Uuid;

use super::{App, Event, EventSink, PanicObserver};
use crate::error::Failure;
use crate::panics::catch::catch_panic;

/// One Backstop as its scopes see it. Two are the same only if they are the same value.
pub(crate) struct Dispatch {
    number: u64,
    sink: Option<Arc<dyn EventSink>>,
    alarm: Option<Arc<dyn PanicObserver>>,
    defaults: Arc<ReportDefaults>,
}

/// What every report of a Backstop starts from.
#[derive(Default)]
pub(crate) struct ReportDefaults {
    pub(crate) app: App,
    pub(crate) attributes: BTreeMap<String, Value>,
    /// Whether reports of errors show where they were made.
    pub(crate) backtraces: bool,
    /// Writes path and query with what is secret hidden; without it only the path is told.
    pub(crate) url: Option<Box<UrlWriter>>,
}

pub(crate) type UrlWriter = dyn Fn(&Uri) -> String + Send + Sync;

impl Dispatch {
    pub(crate) fn new(
        number: u64,
        sink: Option<Arc<dyn EventSink>>,
        defaults: ReportDefaults,
    ) -> Self {
        Self {
            number,
            sink,
            alarm: None,
            defaults: Arc::new(defaults),
        }
    }

    /// The same, with somebody who hears of panics.
    pub(crate) fn with_alarm(self, alarm: Option<Arc<dyn PanicObserver>>) -> Self {
        Self { alarm, ..self }
    }

    /// Tells this Backstop from others in one process.
    pub(crate) const fn number(&self) -> u64 {
        self.number
    }

    /// Whether anybody listens.
    pub(crate) const fn listens(&self) -> bool {
        self.sink.is_some()
    }

    pub(super) fn defaults(&self) -> &Arc<ReportDefaults> {
        &self.defaults
    }

    /// Hands a failure over. Nothing that happens in it reaches the request.
    pub(crate) fn capture(&self, captured: Box<Event>) {
        if let Some(sink) = &self.sink {
            catch_panic(|| sink.capture(captured));
        }
    }

    pub(crate) fn filtered(&self, id: Uuid) {
        if let Some(sink) = &self.sink {
            catch_panic(|| sink.filtered(id));
        }
    }

    /// Tells of a panic, reported or not.
    pub(crate) fn panicked(&self, failure: &Failure) {
        if let Some(alarm) = &self.alarm {
            Arc::clone(alarm).panicked(failure);
        }
    }
}

impl ReportDefaults {
    /// The application, if anything was said of it.
    pub(super) fn app(&self) -> Option<App> {
        (self.app != App::default()).then(|| self.app.clone())
    }
}

impl fmt::Debug for Dispatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dispatch")
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReportDefaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportDefaults")
            .field("app", &self.app)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}

/// For whom free functions act outside every scope: the Backstop that installed the panic hook. Held weakly,
/// for a Backstop ends with its last handle.
static PROCESS: RwLock<Weak<Dispatch>> = RwLock::new(Weak::new());
/// Calls of free functions that found no Backstop.
static UNREPORTED: AtomicU64 = AtomicU64::new(0);

/// Makes this the Backstop of the process.
pub(crate) fn set_process(owner: &Arc<Dispatch>) {
    *PROCESS.write().unwrap_or_else(PoisonError::into_inner) = Arc::downgrade(owner);
}

/// The Backstop of the process, as long as it lives.
pub(crate) fn process() -> Option<Arc<Dispatch>> {
    PROCESS
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .upgrade()
}

pub(crate) fn count_unreported() {
    UNREPORTED.fetch_add(1, Ordering::Relaxed);
}

/// How many calls of [`notify`](crate::notify) and [`intercept`](crate::report::Intercept::intercept), and errors
/// and panics of tasks and threads, found no Backstop in this process, neither a scope's nor the one that installed the panic hook.
///
/// ```
/// use backstop::prelude::*;
///
/// let before = backstop::unreported_count();
/// assert_eq!("x".parse::<u8>().intercept(), None);
/// assert_eq!(backstop::unreported_count(), before + 1);
/// ```
#[must_use]
pub fn unreported_count() -> u64 {
    UNREPORTED.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::report::{Intercept as _, Mechanism, notify};

    #[expect(clippy::vec_box, reason = "they go on in their boxes")]
    #[derive(Default)]
    struct Kept(Mutex<Vec<Box<Event>>>);

    impl EventSink for Kept {
        fn capture(&self, captured: Box<Event>) {
            self.0.lock().unwrap().push(captured);
        }
    }

    #[test]
    fn free_functions_act_for_the_process_as_long_as_its_backstop_lives_and_are_counted_else() {
        let before = unreported_count();
        assert_eq!(notify(&fmt::Error), None);
        let kept = Arc::new(Kept::default());
        let sink: Arc<dyn EventSink> = Arc::<Kept>::clone(&kept);
        let owner = Arc::new(Dispatch::new(7, Some(sink), ReportDefaults::default()));
        set_process(&owner);
        assert!(notify(&fmt::Error).is_some());
        assert_eq!("x".parse::<u8>().intercept(), None);
        let reports = std::mem::take(&mut *kept.0.lock().unwrap());
        let reports: Vec<_> = reports.into_iter().map(Event::into_report).collect();
        let mechanisms: Vec<_> = reports.iter().map(|report| report.mechanism).collect();
        assert_eq!(mechanisms, [Mechanism::Notify, Mechanism::Intercept]);
        assert!(
            reports
                .iter()
                .all(|report| report.attributes["scope"] == "lost")
        );
        drop(owner);
        assert_eq!(notify(&fmt::Error), None);
        assert_eq!(unreported_count(), before + 2);
    }
}
