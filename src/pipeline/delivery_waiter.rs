//! The wait for one report's outcome.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::{Duration, Instant};

use crate::report::outcome::Outcome;

/// Collects the outcome of one report at every reporter.
#[derive(Debug, Default)]
pub(crate) struct DeliveryWaiter {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The number of reporters without an outcome; `None` before the report has reached them.
    open: Option<usize>,
    outcome: Option<Outcome>,
    waker: Option<Waker>,
}

impl State {
    fn result(&self) -> Option<Outcome> {
        (self.open == Some(0)).then_some(self.outcome).flatten()
    }
}

impl DeliveryWaiter {
    /// Sets how many reporters have an outcome to wait for.
    pub(super) fn expect(&self, reporters: usize) {
        self.lock().open = Some(reporters);
    }

    /// Records the outcome at one reporter.
    pub(super) fn complete(&self, outcome: Outcome) {
        let mut state = self.lock();
        let is_good = |outcome| matches!(outcome, Outcome::Delivered | Outcome::Spooled);
        // The first failure is the result.
        if state
            .outcome
            .is_none_or(|before| is_good(before) && !is_good(outcome))
        {
            state.outcome = Some(outcome);
        }
        state.open = Some(state.open.unwrap_or(1).saturating_sub(1));
        if state.result().is_some() {
            let waker = state.waker.take();
            drop(state);
            self.changed.notify_all();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }

    pub(crate) async fn outcome(self: Arc<Self>) -> Outcome {
        std::future::poll_fn(|cx| {
            let mut state = self.lock();
            match state.result() {
                Some(outcome) => Poll::Ready(outcome),
                None => {
                    state.waker = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await
    }

    /// Blocks until the outcome is known, or returns [`Outcome::Pending`] after `timeout`.
    pub(crate) fn wait(&self, timeout: Duration) -> Outcome {
        let deadline = Instant::now() + timeout;
        let mut state = self.lock();
        loop {
            if let Some(outcome) = state.result() {
                return outcome;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Outcome::Pending;
            }
            let woken = self.changed.wait_timeout(state, left);
            state = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
