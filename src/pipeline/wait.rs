//! Waiting until something has happened, with a deadline, on any executor and on none.

use std::pin::pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant as StdInstant};

use tokio::sync::{Notify, oneshot};
use tokio::time::Instant;

use super::settings::Executor;

/// Lets tasks and threads wait until reports get on.
#[derive(Debug, Default)]
pub(super) struct Progress(Notify);

impl Progress {
    /// Has all that wait look again.
    pub(super) fn made(&self) {
        self.0.notify_waiters();
    }

    /// Waits until it is so; asks again whenever there was progress.
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

/// Runs a future until this time at most; `None` if that has passed.
///
/// The timer is a thread's, so that the caller's executor need not have one, nor let it run: with paused time a clock
/// jumps as soon as nothing else happens on that runtime. If the system has no thread to spare, there is no wait.
pub(super) async fn with_deadline<F: Future>(
    executor: Executor,
    deadline: Instant,
    future: F,
) -> Option<F::Output> {
    if executor == Executor::CurrentRuntime {
        return tokio::time::timeout_at(deadline, future).await.ok();
    }
    let mut future = pin!(future);
    // Most often everything has arrived, and then no thread is needed.
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

/// Runs a future on this thread until this time at most; `None` if that has passed.
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

/// Sleeps on a thread of its own, which ends early if this is dropped.
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

/// By the real clock, which is the one of the pipeline's own threads.
fn left(deadline: Instant) -> Duration {
    deadline
        .into_std()
        .saturating_duration_since(StdInstant::now())
}
