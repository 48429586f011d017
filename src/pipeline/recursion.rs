//! Marks the threads that work for a pipeline, so that failures of reporting are not reported themselves.

use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::panics::depth::VisibleCatchGuard;
use crate::panics::thread::{FlagGuard, ThreadFlag};

/// Whether this thread currently works for a pipeline.
pub(super) fn is_working() -> bool {
    ThreadFlag::WorksForPipeline.is_set()
}

/// Marks the thread until the guard is dropped.
pub(super) fn enter() -> WorkingGuard {
    WorkingGuard {
        _catching: VisibleCatchGuard::enter(),
        _flag: ThreadFlag::WorksForPipeline.set(),
    }
}

#[must_use = "the thread is marked only while the guard lives"]
pub(super) struct WorkingGuard {
    /// While the guard lives, the pipeline catches every panic.
    _catching: VisibleCatchGuard,
    _flag: FlagGuard,
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
        let _working = enter();
        self.project().inner.poll(cx)
    }
}
