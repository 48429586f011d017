//! A future that takes a scope along.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::Scope;
use super::slot::{CurrentScope, ScopeGuard};

/// Takes a scope along with a future, wherever that is polled.
///
/// ```
/// use backstop::{Scope, prelude::*};
///
/// # async fn handler(scope: Scope) {
/// let job = async { Scope::current().breadcrumb("still the same request"); };
/// tokio::spawn(job.in_scope(&scope)).await.unwrap();
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(handler(Scope::current()));
/// ```
pub trait InScope: Future + Sized {
    /// This future in `scope`, a [`Scope`] or a reference to one. Its reports tell this place, as that of a
    /// [`spawn`](Scope::spawn).
    #[track_caller]
    fn in_scope(self, scope: impl AsRef<Scope>) -> Scoped<Self>;
}

impl<F: Future> InScope for F {
    #[track_caller]
    fn in_scope(self, scope: impl AsRef<Scope>) -> Scoped<Self> {
        Scoped {
            future: self,
            slot: scope.as_ref().taken(),
        }
    }
}

impl AsRef<Self> for Scope {
    fn as_ref(&self) -> &Self {
        self
    }
}

pin_project! {
    /// The future of [`InScope::in_scope`].
    #[must_use = "futures do nothing until they are polled"]
    pub struct Scoped<F> {
        #[pin]
        future: F,
        slot: Option<CurrentScope>,
    }
}

impl<F: Future> Future for Scoped<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let _bound = ScopeGuard::enter(this.slot);
        this.future.poll(cx)
    }
}

impl<F> fmt::Debug for Scoped<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scoped").finish_non_exhaustive()
    }
}
