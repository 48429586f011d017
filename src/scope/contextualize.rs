//! [`contextualize`]: a callback on the reports that are created inside one future.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::current;
use crate::report::callback::{ContextCallbacks, ReportCallback};
use crate::report::report::Report;

/// Runs a callback on every report that is created inside the future: by [`notify`](crate::notify()), by
/// [`intercept`](crate::report::Intercept::intercept), or for a panic that leaves the future. The returned future
/// resolves to the same output. An error in that output is reported outside of the future, so the callback does not run
/// for it.
///
/// If futures are nested, the innermost callback runs first.
///
/// ```
/// use backstop::prelude::*;
/// use backstop::report::contextualize;
/// # async fn reserve() -> Result<u32, std::fmt::Error> { Ok(7) }
///
/// # async fn handler() {
/// let left: Option<u32> = contextualize(
///     async { reserve().await.intercept() },
///     |report| report.attributes.insert("step".into(), "reserve".into()),
/// )
/// .await;
/// # assert_eq!(left, Some(7));
/// # }
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(handler());
/// ```
pub fn contextualize<F: Future, R>(
    future: F,
    edit: impl Fn(&mut Report) -> R + Send + Sync + 'static,
) -> ContextualizeFuture<F> {
    ContextualizeFuture {
        future,
        callback: ReportCallback::new(move |report| {
            edit(report);
            true
        }),
        callbacks: None,
    }
}

pin_project! {
    /// The future of [`contextualize`].
    #[must_use = "futures do nothing unless polled"]
    pub struct ContextualizeFuture<F> {
        #[pin]
        future: F,
        callback: ReportCallback,
        // Of the last poll.
        callbacks: Option<Arc<ContextCallbacks>>,
    }
}

impl<F: Future> Future for ContextualizeFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let outer = current::callbacks();
        let known = this.callbacks.take();
        let callbacks = known
            .filter(|known| is_same(known.outer(), outer.as_ref()))
            .unwrap_or_else(|| ContextCallbacks::new(this.callback.clone(), outer.clone()));
        *this.callbacks = Some(Arc::clone(&callbacks));
        drop(current::replace_callbacks(Some(callbacks)));
        let _restore = Restore { outer };
        this.future.poll(cx)
    }
}

fn is_same(one: Option<&Arc<ContextCallbacks>>, other: Option<&Arc<ContextCallbacks>>) -> bool {
    one.map(Arc::as_ptr) == other.map(Arc::as_ptr)
}

impl<F> fmt::Debug for ContextualizeFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ContextualizeFuture")
            .finish_non_exhaustive()
    }
}

/// Makes the outer callbacks current again when dropped, even during unwinding.
struct Restore {
    outer: Option<Arc<ContextCallbacks>>,
}

impl Drop for Restore {
    fn drop(&mut self) {
        let inner = current::replace_callbacks(self.outer.take());
        if let Some(inner) = inner
            && std::thread::panicking()
        {
            current::set_unwound(&inner);
        }
    }
}
