//! Where captured failures go.

use std::sync::Arc;

use uuid::Uuid;

use super::Event;
use crate::error::Failure;

/// Where captured failures go: the pipeline, as scopes and layers see it.
///
/// `capture` is called on the request's path, so it takes the value and returns: it never waits. What it
/// can't take it counts. The worker then makes the report: `edits()` first, for `into_report()` consumes the
/// captured; then the edits are applied, and only then the report is scrubbed.
pub(crate) trait EventSink: Send + Sync + 'static {
    /// Takes one failure.
    fn capture(&self, captured: Box<Event>);

    /// Counts one failure that [`Builder::filter`](crate::Builder::filter) or an ignored type kept back.
    fn filtered(&self, _id: Uuid) {}
}

/// Who decides what a panic means for the process.
pub(crate) trait PanicObserver: Send + Sync + 'static {
    /// Hears of a panic of this Backstop's, after it was captured. Called on the request's path too, so it never waits.
    fn panicked(self: Arc<Self>, failure: &Failure);
}
