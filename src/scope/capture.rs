//! Events of failures that occur here and now.

use std::sync::Arc;

use super::current;
use crate::error::Failure;
use crate::report::dispatch::Dispatch;
use crate::report::event::{Event, ScopeSnapshot};
use crate::report::spawn_trace::SpanPath;

/// The event of a failure that occurs here, with what is current on this thread. Request and status are for the
/// caller to add.
pub(crate) fn event(failure: Failure, dispatch: &Arc<Dispatch>) -> Box<Event> {
    event_in(current::snapshot(dispatch), failure, dispatch, None)
}

/// The same with the data of a scope that need not be the current one, and with the span that the failure has just
/// left, if there is one.
pub(crate) fn event_in(
    scope: ScopeSnapshot,
    failure: Failure,
    dispatch: &Dispatch,
    exited: Option<SpanPath>,
) -> Box<Event> {
    let mut context = current::context(scope, dispatch, exited);
    // The futures that a panic left are not current any more where it is caught.
    if failure.repr().is_panic()
        && let Some(callbacks) = current::take_unwound()
    {
        context.callbacks = Some(callbacks);
    }
    Event::new(failure, context)
}
