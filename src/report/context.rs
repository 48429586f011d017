//! [`contextualize`]: callbacks for what is reported inside one future.

use std::cell::Cell;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::{fmt, task};

use pin_project_lite::pin_project;

use super::callback::Edit;
use super::{Report, slot};

thread_local! {
    static CURRENT: Cell<Option<Arc<Context>>> = const { Cell::new(None) };
}

/// A callback, and those of the futures around.
#[derive(Debug)]
pub(crate) struct Context {
    edit: Edit,
    outer: Option<Arc<Self>>,
}

impl Context {
    /// The contexts of what is captured now.
    pub(super) fn current() -> Option<Arc<Self>> {
        CURRENT
            .try_with(|current| {
                let context = current.take();
                current.set(context.clone());
                context
            })
            .ok()
            .flatten()
    }

    /// The callbacks, the innermost first.
    pub(super) fn edits(&self) -> impl Iterator<Item = &Edit> {
        std::iter::successors(Some(self), |context| context.outer.as_deref())
            .map(|context| &context.edit)
    }
}

/// Runs the callback on every report that is made inside the future (by `notify`, `intercept`, or a panic
/// that leaves it), and ends with the future's value. An error that the future returns is reported outside.
///
/// ```
/// use backstop::prelude::*;
/// # async fn reserve() -> Result<u32, std::fmt::Error> { Ok(7) }
///
/// # async fn handler() {
/// let left: Option<u32> = backstop::report::contextualize(
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
) -> Contextualized<F> {
    let edit = Edit::new(move |report| {
        edit(report);
        true
    });
    Contextualized { future, edit }
}

pin_project! {
    /// The future of [`contextualize`].
    #[must_use = "futures do nothing until they are polled"]
    pub struct Contextualized<F> {
        #[pin]
        future: F,
        edit: Edit,
    }
}

impl<F: Future> Future for Contextualized<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut task::Context<'_>) -> task::Poll<F::Output> {
        let this = self.project();
        let outer = Context::current();
        let inner = Arc::new(Context {
            edit: this.edit.clone(),
            outer: outer.clone(),
        });
        let _ = CURRENT.try_with(|current| current.set(Some(inner)));
        let _restore = Restore { outer };
        this.future.poll(cx)
    }
}

impl<F> fmt::Debug for Contextualized<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contextualized").finish_non_exhaustive()
    }
}

/// Restores the contexts outside, on unwinding too.
struct Restore {
    outer: Option<Arc<Context>>,
}

impl Drop for Restore {
    fn drop(&mut self) {
        let outer = self.outer.take();
        let inner = CURRENT.try_with(|current| current.replace(outer));
        if let Ok(Some(inner)) = inner
            && std::thread::panicking()
        {
            slot::unwind(&inner);
        }
    }
}
