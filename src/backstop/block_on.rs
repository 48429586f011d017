//! Waiting for a future on a thread that may block, with or without a runtime.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// Polls a future on this thread until it is ready; `None` if that takes longer than `timeout`.
pub(super) fn block_on<F: Future>(future: F, timeout: Duration) -> Option<F::Output> {
    let start = Instant::now();
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut cx = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return Some(output);
        }
        let left = timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            return None;
        }
        std::thread::park_timeout(left);
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    #[test]
    fn it_wakes_when_another_thread_is_done_and_gives_up_when_the_time_is_over() {
        let (sender, mut receiver) = tokio::sync::oneshot::channel();
        let (parked, waits) = mpsc::channel();
        std::thread::spawn(move || {
            waits.recv().unwrap();
            sender.send(7).unwrap();
        });
        let future = std::future::poll_fn(move |cx| {
            let polled = std::pin::Pin::new(&mut receiver).poll(cx);
            let _ = parked.send(());
            polled
        });
        assert_eq!(block_on(future, LONG), Some(Ok(7)));
        let never = std::future::pending::<()>();
        assert_eq!(block_on(never, Duration::from_millis(1)), None);
    }
}
