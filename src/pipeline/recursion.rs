//! Marks the threads that work for a pipeline, so that reporting never reports itself.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::panics::depth::VisibleCatchGuard;

thread_local! {
    static IS_WORKING: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread works for a pipeline now.
pub(super) fn is_working() -> bool {
    // A thread that is ending has no thread-locals any more; it does not work for a pipeline.
    IS_WORKING.try_with(Cell::get).unwrap_or_default()
}

/// Marks the thread until the guard is dropped.
pub(super) fn enter() -> WorkingGuard {
    WorkingGuard {
        _catching: VisibleCatchGuard::enter(),
        before: IS_WORKING
            .try_with(|it| it.replace(true))
            .unwrap_or_default(),
    }
}

#[must_use = "the thread is marked only while the guard lives"]
pub(super) struct WorkingGuard {
    /// The pipeline catches every panic meanwhile.
    _catching: VisibleCatchGuard,
    before: bool,
}

impl Drop for WorkingGuard {
    fn drop(&mut self) {
        let _ = IS_WORKING.try_with(|it| it.set(self.before));
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
        let _working = enter();
        self.project().inner.poll(cx)
    }
}
