//! The future of a spawned task: it takes a scope along, and tells what goes wrong in it.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::task::JoinHandle;

use super::slot::{CurrentScope, ScopeGuard};
use super::uncaught::UncaughtPanic;
use super::{Mechanism, Reportable as _, Scope, dispatch, notify, span};
use crate::error::Error;
use crate::panics::depth::VisibleCatchGuard;
use crate::panics::stash::take_to_resume;

/// Spawns a future that may fail, in the current scope, else in one of the process's Backstop.
#[track_caller]
pub(crate) fn spawn<T: Send + 'static>(
    future: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> JoinHandle<Result<T, Error>> {
    let mut scope = Scope::current();
    if !scope.is_active()
        && let Some(owner) = dispatch::process()
    {
        scope = Scope::of_job(&owner);
    }
    tokio::spawn(Task {
        future,
        slot: scope.taken(),
        tell: |result| {
            if let Err(error) = result {
                notify::tell(error.failure(), Mechanism::Task);
            }
        },
    })
}

pin_project! {
    /// What it ends in may be told; a panic in it is, and goes on to who polls it.
    pub(super) struct Task<F: Future> {
        #[pin]
        future: F,
        // None where there is no scope: a panic is its hook's then.
        slot: Option<CurrentScope>,
        tell: fn(&F::Output),
    }
}

impl<F: Future> Task<F> {
    /// A task whose output is its caller's.
    pub(super) fn new(future: F, slot: Option<CurrentScope>) -> Self {
        Self {
            future,
            slot,
            tell: |_| {},
        }
    }
}

impl<F: Future> Future for Task<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let has_scope = this.slot.is_some();
        let _bound = ScopeGuard::enter(this.slot);
        let (polled, left) = span::watched(|| {
            let _catching = has_scope.then(VisibleCatchGuard::enter);
            let polled = catch_unwind(AssertUnwindSafe(|| this.future.poll(cx)));
            polled.map_err(|payload| (has_scope.then(|| take_to_resume(&*payload)), payload))
        });
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => {
                span::told_in(left, || (this.tell)(&output));
                Poll::Ready(output)
            }
            Err((panic, payload)) => {
                if let Some(panic) = panic {
                    span::told_in(left, || UncaughtPanic::unwound(panic).tell());
                }
                resume_unwind(payload)
            }
        }
    }
}
