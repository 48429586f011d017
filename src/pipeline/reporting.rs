//! Knows when it is reporting that runs, so that reporting never reports itself.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::panics::depth::VisibleCatchGuard;

thread_local! {
    static REPORTING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is reporting now.
pub(super) fn is_on() -> bool {
    // A thread that is ending has no locals any more, and does not report.
    REPORTING.try_with(Cell::get).unwrap_or_default()
}

/// Marks the thread until the guard is dropped.
pub(super) fn enter() -> Reporting {
    Reporting {
        _catching: VisibleCatchGuard::enter(),
        before: REPORTING
            .try_with(|on| on.replace(true))
            .unwrap_or_default(),
    }
}

#[must_use = "the mark goes with the guard"]
pub(super) struct Reporting {
    /// Whatever panics meanwhile is caught by the pipeline.
    _catching: VisibleCatchGuard,
    before: bool,
}

impl Drop for Reporting {
    fn drop(&mut self) {
        let _ = REPORTING.try_with(|on| on.set(self.before));
    }
}

pin_project! {
    /// A future during whose polls the thread is marked.
    pub(super) struct Marked<F> {
        #[pin]
        inner: F,
    }
}

pub(super) fn marked<F: Future>(inner: F) -> Marked<F> {
    Marked { inner }
}

impl<F: Future> Future for Marked<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let _reporting = enter();
        self.project().inner.poll(cx)
    }
}
