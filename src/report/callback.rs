//! The application's callbacks on reports; they run on the pipeline's worker.

use std::sync::Arc;

use super::report::Report;
use crate::panics::callback::Callback;
use crate::panics::catch::drop_catching;

type EditReport = dyn Fn(&mut Report) -> bool + Send + Sync;

/// A callback that changes a report, or drops it by returning `false`.
#[derive(Clone, Debug)]
pub(crate) struct ReportCallback(Callback<EditReport>);

impl ReportCallback {
    pub(crate) fn new(edit: impl Fn(&mut Report) -> bool + Send + Sync + 'static) -> Self {
        let edit = DropCatching(Some(edit));
        Self(Callback::new(Arc::new(move |report: &mut Report| {
            edit.0.as_ref().is_none_or(|edit| edit(report))
        })))
    }

    /// Runs the callback, and returns whether the report is kept. If it panics, its changes are undone and the report
    /// is kept.
    fn apply(&self, report: &mut Report) -> bool {
        let before = report.clone();
        let is_kept = self.0.call(|edit| edit(report));
        // Whatever comes next walks the report recursively, even its destructor.
        report.limit_depth();
        is_kept.unwrap_or_else(|| {
            *report = before;
            true
        })
    }
}

/// A closure whose captured values may panic when they are dropped. Callbacks are dropped with the last handle to their
/// scope, which may happen anywhere, even while another panic unwinds.
struct DropCatching<F>(Option<F>);

impl<F> Drop for DropCatching<F> {
    fn drop(&mut self) {
        drop_catching(self.0.take());
    }
}

/// The callback of one [`contextualize`](crate::report::contextualize) future, and those of the futures around it.
#[derive(Debug)]
pub(crate) struct ContextCallbacks {
    callback: ReportCallback,
    outer: Option<Arc<Self>>,
}

impl ContextCallbacks {
    pub(crate) fn new(callback: ReportCallback, outer: Option<Arc<Self>>) -> Arc<Self> {
        Arc::new(Self { callback, outer })
    }

    /// The callbacks of the enclosing futures.
    pub(crate) const fn outer(&self) -> Option<&Arc<Self>> {
        self.outer.as_ref()
    }

    /// Iterates over the callbacks, innermost first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &ReportCallback> {
        std::iter::successors(Some(self), |context| context.outer.as_deref())
            .map(|context| &context.callback)
    }
}

/// All callbacks on one report, in the order in which they run.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReportCallbacks(Vec<ReportCallback>);

impl ReportCallbacks {
    pub(super) const fn new(callbacks: Vec<ReportCallback>) -> Self {
        Self(callbacks)
    }

    /// Runs the callbacks until one drops the report, and returns whether the report is kept.
    pub(crate) fn apply(&self, report: &mut Report) -> bool {
        self.0.iter().all(|callback| callback.apply(report))
    }
}
