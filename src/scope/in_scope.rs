//! [`InScope`]: futures that run in a scope wherever they are polled.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::guard::ScopeGuard;
use super::scope::Scope;
use super::scope_ref::CurrentScope;

/// Runs a future in a scope, wherever it is polled.
///
/// ```
/// use backstop::{Scope, prelude::*};
///
/// # async fn handler(scope: Scope) {
/// let job = async { Scope::current().add_breadcrumb("still the same request") };
/// tokio::spawn(job.in_scope(&scope)).await.unwrap();
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(handler(Scope::current()));
/// ```
pub trait InScope: Future + Sized {
    /// Runs this future in `scope`, a [`Scope`] or a reference to one. Reports that are created inside contain the
    /// caller's source location in `metadata.task.spawned_at`, as for [`Scope::spawn`].
    #[track_caller]
    fn in_scope(self, scope: impl AsRef<Scope>) -> InScopeFuture<Self>;
}

impl<F: Future> InScope for F {
    #[track_caller]
    fn in_scope(self, scope: impl AsRef<Scope>) -> InScopeFuture<Self> {
        InScopeFuture {
            future: self,
            scope: scope.as_ref().carried(),
        }
    }
}

pin_project! {
    /// The future of [`InScope::in_scope`].
    #[must_use = "futures do nothing unless polled"]
    pub struct InScopeFuture<F> {
        #[pin]
        future: F,
        scope: Option<CurrentScope>,
    }
}

impl<F: Future> Future for InScopeFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _guard = ScopeGuard::enter(this.scope);
        this.future.poll(cx)
    }
}

impl<F> fmt::Debug for InScopeFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InScopeFuture").finish_non_exhaustive()
    }
}
