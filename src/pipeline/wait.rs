//! Waits for progress with a deadline, on any executor or without one.

use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant as StdInstant};

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::settings::Executor;

/// Lets tasks and threads wait until reports make progress.
#[derive(Debug, Default)]
pub(super) struct Progress(Notify);

impl Progress {
    /// Makes all waiters check their condition again.
    pub(super) fn made(&self) {
        self.0.notify_waiters();
    }

    /// Waits until `is_so` returns `true`, checking again after all progress.
    pub(super) async fn until(&self, is_so: impl Fn() -> bool) {
        loop {
            let mut progress = pin!(self.0.notified());
            progress.as_mut().enable();
            if is_so() {
                return;
            }
            progress.await;
        }
    }
}

/// Runs a future until the deadline; returns `None` if that passes first.
///
/// The timer runs on a thread of its own, because the caller's executor may have none, and because the paused clock of
/// a tokio test jumps ahead as soon as its runtime is idle. If no thread can be spawned, the wait ends at once.
pub(super) async fn with_deadline<F: Future>(
    executor: Executor,
    deadline: Instant,
    future: F,
) -> Option<F::Output> {
    if executor == Executor::CurrentRuntime {
        return tokio::time::timeout_at(deadline, future).await.ok();
    }
    let mut future = pin!(future);
    // Usually everything is delivered already, and no thread is needed.
    let first = std::future::poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await;
    if let Poll::Ready(output) = first {
        return Some(output);
    }
    let mut alarm = pin!(alarm(deadline));
    std::future::poll_fn(|cx| match future.as_mut().poll(cx) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => alarm.as_mut().poll(cx).map(|()| None),
    })
    .await
}

/// Runs a future on this thread until the deadline; returns `None` if that passes first.
pub(super) fn block_until<F: Future>(deadline: Instant, future: F) -> Option<F::Output> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let start = StdInstant::now();
    let longest = left(deadline);
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(output);
        }
        let left = longest.saturating_sub(start.elapsed());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

/// Sleeps on a thread of its own, which ends early if this future is dropped.
async fn alarm(deadline: Instant) {
    let (rings, rang) = oneshot::channel::<()>();
    let (_cancel, canceled) = mpsc::channel::<()>();
    let sleep = move || {
        if canceled.recv_timeout(left(deadline)) == Err(mpsc::RecvTimeoutError::Timeout) {
            let _ = rings.send(());
        }
    };
    let thread = thread::Builder::new().name("backstop-timer".to_owned());
    let _ = thread.spawn(sleep);
    // Without a thread the channel is closed, which ends the wait too.
    let _ = rang.await;
}

/// The time left until the deadline by the real clock, which the pipeline's own threads use.
fn left(deadline: Instant) -> Duration {
    deadline
        .into_std()
        .saturating_duration_since(StdInstant::now())
}
