//! Reports errors from anywhere in the application.

use std::error::Error as StdError;
use std::sync::Arc;

use uuid::Uuid;

use super::scope::Scope;
use super::{capture, current};
use crate::error::{Error, Failure, Origin};
use crate::report::dispatch::{Dispatch, count_unreported, process_dispatch};
use crate::report::event::ScopeSnapshot;
use crate::report::outcome::Outcome;
use crate::report::spawn_trace::SpanPath;

/// A value that can be reported: every standard error, including a `dyn Error`, and [`Error`](crate::Error). For a
/// [`BoxError`](crate::BoxError), pass the contents of the box: `&*boxed`.
pub trait Reportable {
    /// Returns the failure to report.
    #[track_caller]
    fn failure(&self) -> Failure;
}

impl<E: StdError + 'static> Reportable for E {
    #[track_caller]
    fn failure(&self) -> Failure {
        Failure::from_error(self)
    }
}

impl Reportable for dyn StdError {
    #[track_caller]
    fn failure(&self) -> Failure {
        Failure::from_dyn(self)
    }
}

impl Reportable for dyn StdError + Send + Sync {
    #[track_caller]
    fn failure(&self) -> Failure {
        Failure::from_dyn(self)
    }
}

impl Reportable for Error {
    fn failure(&self) -> Failure {
        Failure::shared(self)
    }
}

/// Reports an error that the application recovers from, and returns the report's id; see [`Scope::notify`].
///
/// The report goes to the Backstop of the [current scope](Scope::current), or outside of every scope to the one that
/// installed the [panic hook](crate::Backstop::install_panic_hook). If there is neither, the error is not reported, and
/// [`unreported_count`](crate::stats::unreported_count) counts it.
///
/// ```
/// if let Err(error) = std::fs::read("/no/such/file") {
///     backstop::notify(&error);
/// }
/// ```
#[track_caller]
pub fn notify<E: Reportable + ?Sized>(error: &E) -> Option<Uuid> {
    report(error.failure().with_origin(Origin::Notify), None)
}

/// Handles an error by reporting it and continuing without the value.
pub trait Intercept<T> {
    /// Returns the value. An error is reported and becomes `None`.
    ///
    /// The report goes where [`notify`](crate::notify()) sends it, as handled, with the severity `warning` and the
    /// origin [`Intercept`](Origin::Intercept).
    ///
    /// ```
    /// use backstop::prelude::*;
    ///
    /// let port: u16 = "eighty".parse().intercept().unwrap_or(80);
    /// # assert_eq!(port, 80);
    /// ```
    ///
    /// A [`BoxError`](crate::BoxError), which is not an error itself, becomes one with
    /// `.map_err(backstop::Error::from)`.
    fn intercept(self) -> Option<T>;
}

impl<T, E: Reportable> Intercept<T> for Result<T, E> {
    #[track_caller]
    fn intercept(self) -> Option<T> {
        match self {
            Ok(value) => Some(value),
            Err(error) => {
                report(error.failure().with_origin(Origin::Intercept), None);
                None
            }
        }
    }
}

/// Reports.
impl Scope {
    /// Reports an error that the application recovers from, with what this scope has recorded, as handled and with the
    /// severity `warning`. Returns the report's id, or `None` if the scope is not [active](Scope::is_active).
    ///
    /// If the same [`backstop::Error`](crate::Error) is returned afterwards, it is not reported again, and its response
    /// has the same id.
    #[track_caller]
    pub fn notify<E: Reportable + ?Sized>(&self, error: &E) -> Option<Uuid> {
        self.report(error.failure().with_origin(Origin::Notify), None)
    }

    /// `exited` is the span that the failure has just left, if there is one.
    fn report(&self, failure: Failure, exited: Option<SpanPath>) -> Option<Uuid> {
        let scope = self.used()?;
        let dispatch = scope.dispatch();
        let id = failure.id();
        if dispatch.claim_report(&failure) {
            scope.capture(capture::event_in(
                scope.snapshot(),
                failure,
                dispatch,
                exited,
            ));
        }
        Some(id)
    }
}

/// Reports to the Backstop of the current scope, or else to that of the process.
pub(super) fn report(failure: Failure, exited: Option<SpanPath>) -> Option<Uuid> {
    let Some(dispatch) = current::dispatch().or_else(process_dispatch) else {
        count_unreported();
        return None;
    };
    // Nothing asked for a report of this error, unlike `notify` and `intercept`.
    if failure.origin() == Origin::Task && failure.is_expected() {
        if dispatch.claim_report(&failure) {
            dispatch.refused(failure.id(), Outcome::Expected);
        }
        return Some(failure.id());
    }
    report_to(&dispatch, failure, exited)
}

/// Reports to this Backstop, in the current scope if it belongs to this Backstop, or else in an unknown one.
pub(crate) fn report_to(
    dispatch: &Arc<Dispatch>,
    failure: Failure,
    exited: Option<SpanPath>,
) -> Option<Uuid> {
    let is_own = |current: &Arc<Dispatch>| Arc::ptr_eq(current, dispatch);
    if current::dispatch().as_ref().is_some_and(is_own) {
        return Scope::current().report(failure, exited);
    }
    if !dispatch.is_listening() {
        return None;
    }
    let id = failure.id();
    if dispatch.claim_report(&failure) {
        let unknown = ScopeSnapshot::Unknown;
        dispatch.capture(capture::event_in(unknown, failure, dispatch, exited));
    }
    Some(id)
}

#[cfg(test)]
mod tests {
    use std::fmt;
    use std::sync::Mutex;

    use super::*;
    use crate::report::assemble::assemble;
    use crate::report::defaults::ReportDefaults;
    use crate::report::dispatch::{EventSink, set_process_dispatch, unreported_count};
    use crate::report::event::Event;

    #[expect(clippy::vec_box, reason = "events are passed on in their boxes")]
    #[derive(Default)]
    struct Kept(Mutex<Vec<Box<Event>>>);

    impl EventSink for Kept {
        fn capture(&self, event: Box<Event>) {
            self.0.lock().unwrap().push(event);
        }
    }

    #[test]
    fn free_functions_report_to_the_backstop_of_the_process_while_it_lives_and_are_counted_after() {
        let before = unreported_count();
        assert_eq!(notify(&fmt::Error), None);
        let kept = Arc::new(Kept::default());
        let sink: Arc<dyn EventSink> = Arc::<Kept>::clone(&kept);
        let dispatch = Arc::new(Dispatch::new(7, Some(sink), ReportDefaults::default()));
        set_process_dispatch(&dispatch);
        assert!(notify(&fmt::Error).is_some());
        assert_eq!("x".parse::<u8>().intercept(), None);
        let events = std::mem::take(&mut *kept.0.lock().unwrap());
        let reports: Vec<_> = events.into_iter().map(assemble).collect();
        let origins: Vec<_> = reports.iter().map(|report| report.origin).collect();
        assert_eq!(origins, [Origin::Notify, Origin::Intercept]);
        assert!(
            reports
                .iter()
                .all(|report| report.attributes["scope"] == "unknown")
        );
        drop(dispatch);
        assert_eq!(notify(&fmt::Error), None);
        assert_eq!(unreported_count(), before + 2);
    }
}
