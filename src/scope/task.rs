//! [`Task`]: the future of a spawned task, which reports its failures.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::guard::ScopeGuard;
use super::scope_ref::CurrentScope;
use super::uncaught::UncaughtPanic;
use crate::panics::catch::catch_panic;
use crate::panics::depth::VisibleCatchGuard;
use crate::panics::mark::PanicMark;
use crate::panics::stash::take_to_resume;
use crate::report::spawn_trace::SpanPath;

pin_project! {
    /// A future in a scope. Its output may be reported; a panic in it is reported and then continues to the caller.
    pub(super) struct Task<F: Future> {
        #[pin]
        future: F,
        // `None` if there is no scope: then only the panic hook reports a panic.
        scope: Option<CurrentScope>,
        report: ReportOutput<F::Output>,
        spawned: PanicMark,
    }
}

/// Reports the output of a task, which has just exited the span.
pub(super) type ReportOutput<T> = fn(&T, Option<SpanPath>);

impl<F: Future> Task<F> {
    pub(super) fn new(
        future: F,
        scope: Option<CurrentScope>,
        report: ReportOutput<F::Output>,
    ) -> Self {
        Self {
            future,
            scope,
            report,
            spawned: PanicMark::now(),
        }
    }
}

impl<F: Future> Future for Task<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let since = *this.spawned;
        let has_scope = this.scope.is_some();
        let _guard = ScopeGuard::enter(this.scope);
        let (polled, exited) = watch_spans(|| {
            let _catching = has_scope.then(VisibleCatchGuard::enter);
            let polled = catch_unwind(AssertUnwindSafe(|| this.future.poll(cx)));
            polled.map_err(|payload| (has_scope.then(|| take_to_resume(&*payload, since)), payload))
        });
        match polled {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => {
                catch_panic(|| (this.report)(&output, exited));
                Poll::Ready(output)
            }
            Err((panic, payload)) => {
                if let Some(panic) = panic {
                    catch_panic(|| UncaughtPanic::unwound(panic, exited).report());
                }
                resume_unwind(payload)
            }
        }
    }
}

/// Runs `run`, which must not panic, and also returns the span that it exited last.
fn watch_spans<T>(run: impl FnOnce() -> T) -> (T, Option<SpanPath>) {
    #[cfg(feature = "tracing-subscriber")]
    return super::span::watch(run);
    #[cfg(not(feature = "tracing-subscriber"))]
    (run(), None)
}
