//! Creates the events of failures in the current context.

use std::sync::Arc;

use super::current;
use crate::backtrace::LogicalTrace;
use crate::error::Failure;
use crate::report::dispatch::Dispatch;
use crate::report::event::{Event, ScopeSnapshot};
use crate::report::spawn_trace::SpanPath;

/// Creates the event of a failure, with what is current on this thread. The caller sets the request and the status.
pub(crate) fn event(failure: Failure, dispatch: &Arc<Dispatch>) -> Box<Event> {
    event_in(current::snapshot(dispatch), failure, dispatch, None)
}

/// Creates an event that is only shown to a developer: unlike [`event`], it leaves everything as it is for the report.
pub(crate) fn shown_event(failure: Failure, dispatch: &Arc<Dispatch>) -> Box<Event> {
    let scope = current::snapshot(dispatch);
    Event::new(failure, current::context(scope, dispatch, None))
}

/// The spans that the current code is in, and where its task was spawned.
pub(crate) fn logical_trace() -> LogicalTrace {
    let spawned_at = current::spawn_trace().map(|trace| trace.locations());
    LogicalTrace {
        spans: current::span_path().map_or_else(Vec::new, |path| path.to_vec()),
        spawned_at: spawned_at.unwrap_or_default(),
    }
}

/// Like [`event`], with the data of a scope that need not be the current one, and with the span that the failure has
/// just left, if there is one.
pub(crate) fn event_in(
    scope: ScopeSnapshot,
    failure: Failure,
    dispatch: &Dispatch,
    exited: Option<SpanPath>,
) -> Box<Event> {
    let mut context = current::context(scope, dispatch, exited);
    // The futures that a panic has left are no longer current where it is caught.
    if failure.repr().is_panic()
        && let Some(callbacks) = current::take_unwound()
    {
        context.callbacks = Some(callbacks);
    }
    Event::new(failure, context)
}
