//! The application's callbacks on a report, run on the worker.

use std::fmt;
use std::sync::Arc;

use super::Report;
use crate::panics::catch::catch_panic;

/// One callback: it edits the report, or drops it by `false`.
#[derive(Clone)]
pub(crate) struct Edit(Arc<Callback>);

type Callback = dyn Fn(&mut Report) -> bool + Send + Sync;

impl Edit {
    pub(super) fn new(callback: impl Fn(&mut Report) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(callback))
    }

    /// What a callback that panics has done is undone, and the report is kept.
    fn apply(&self, report: &mut Report) -> bool {
        let before = report.clone();
        catch_panic(|| (self.0)(report)).unwrap_or_else(|| {
            *report = before;
            true
        })
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Edit(…)")
    }
}

/// All callbacks of one report, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Edits(Vec<Edit>);

impl Edits {
    pub(super) const fn new(edits: Vec<Edit>) -> Self {
        Self(edits)
    }

    /// Runs them; `false` if one dropped the report, after which no other runs.
    pub(crate) fn apply(&self, report: &mut Report) -> bool {
        self.0.iter().all(|edit| edit.apply(report))
    }
}
