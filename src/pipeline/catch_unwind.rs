//! Catches the panics of a future that the application provides.

use std::pin::Pin;
use std::task::{Context, Poll};

use crate::panics::catch::{catch_panic, drop_catching};
use crate::reporters::BoxFuture;

/// Resolves to `None` if the future panics. A panic while the future is dropped is caught too.
pub(super) struct CatchUnwind<'a, T>(Option<BoxFuture<'a, T>>);

impl<'a, T> CatchUnwind<'a, T> {
    pub(super) fn new(future: BoxFuture<'a, T>) -> Self {
        Self(Some(future))
    }
}

impl<T> Future for CatchUnwind<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let Some(future) = &mut self.0 else {
            return Poll::Ready(None);
        };
        match catch_panic(|| future.as_mut().poll(cx)) {
            Some(poll) => poll.map(Some),
            None => Poll::Ready(None),
        }
    }
}

impl<T> Drop for CatchUnwind<'_, T> {
    fn drop(&mut self) {
        drop_catching(self.0.take());
    }
}
