//! What Sentry wants to be left alone with, and what it is still to be told.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sentry_core::protocol::client_report::Reason;
use tokio::time::Instant;

use crate::report::Outcome;

/// Of one DSN.
#[derive(Debug, Default)]
pub(super) struct State(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    limited_until: Option<Instant>,
    /// Whether the last thing that went wrong was a limit.
    was_limited: bool,
    lost: Vec<Loss>,
}

/// How many errors were dropped for a reason.
pub(super) type Loss = (Reason, u64);

impl State {
    /// For how long errors are still unwanted.
    pub(super) fn limited_for(&self) -> Option<Duration> {
        let until = self.lock().limited_until?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// The longest limit counts.
    pub(super) fn limit(&self, limit: Duration) {
        let mut inner = self.lock();
        let until = Instant::now() + limit;
        inner.was_limited = true;
        inner.limited_until = inner.limited_until.max(Some(until));
    }

    /// Sentry, or the way to it, has said nothing of a limit.
    pub(super) fn is_unlimited(&self) {
        let mut inner = self.lock();
        inner.was_limited = inner
            .limited_until
            .is_some_and(|until| until > Instant::now());
    }

    pub(super) fn lost(&self, outcome: Outcome, count: u64) {
        let mut inner = self.lock();
        let reason = match outcome {
            // Arrived, or not gone yet.
            Outcome::Delivered | Outcome::Spooled | Outcome::Pending => return,
            Outcome::Filtered => Reason::BeforeSend,
            Outcome::SampledOut => Reason::SampleRate,
            Outcome::RateLimited => Reason::RatelimitBackoff,
            Outcome::Recursive => Reason::InternalSdkError,
            Outcome::QueueFull | Outcome::ShutDown => Reason::QueueOverflow,
            Outcome::Rejected => Reason::SendError,
            Outcome::GaveUp if inner.was_limited => Reason::RatelimitBackoff,
            Outcome::GaveUp => Reason::NetworkError,
            Outcome::Evicted => Reason::BufferOverflow,
        };
        if count > 0 {
            inner.add(reason, count);
        }
    }

    /// All that Sentry was not told yet, until it has arrived.
    pub(super) fn losses(&self) -> Losses<'_> {
        Losses {
            state: self,
            lost: std::mem::take(&mut self.lock().lost),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn add(&mut self, reason: Reason, count: u64) {
        let known = self.lost.iter_mut().find(|(known, _)| *known == reason);
        match known {
            Some((_, known)) => *known = known.saturating_add(count),
            None => self.lost.push((reason, count)),
        }
    }
}

/// Losses that are being told. What has not arrived when this is dropped is told again with a later event.
#[derive(Debug)]
#[must_use = "dropped at once, all is told again"]
pub(super) struct Losses<'a> {
    state: &'a State,
    lost: Vec<Loss>,
}

impl Losses<'_> {
    pub(super) fn as_slice(&self) -> &[Loss] {
        &self.lost
    }

    pub(super) fn arrived(mut self) {
        self.lost.clear();
    }
}

impl Drop for Losses<'_> {
    fn drop(&mut self) {
        let mut inner = self.state.lock();
        for (reason, count) in self.lost.drain(..) {
            inner.add(reason, count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn losses_that_do_not_arrive_are_told_with_a_later_event_together_with_new_ones() {
        let state = State::default();
        state.lost(Outcome::QueueFull, 2);
        state.lost(Outcome::SampledOut, 5);
        let first = state.losses();
        state.lost(Outcome::QueueFull, 1);
        drop(first);
        let again = state.losses();
        let all = [(Reason::QueueOverflow, 3), (Reason::SampleRate, 5)];
        assert_eq!(again.as_slice(), all);
        again.arrived();
        assert_eq!(state.losses().as_slice(), []);
    }

    #[test]
    fn what_was_given_up_is_a_matter_of_the_network_unless_there_was_a_limit() {
        let reason = |state: &State| {
            state.lost(Outcome::GaveUp, 1);
            let losses = state.losses();
            let reason = losses.as_slice()[0].0;
            losses.arrived();
            reason
        };
        let state = State::default();
        assert_eq!(reason(&state), Reason::NetworkError);
        state.limit(Duration::from_secs(60));
        assert_eq!(reason(&state), Reason::RatelimitBackoff);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longer_limit_counts_and_ends() {
        let state = State::default();
        assert_eq!(state.limited_for(), None);
        state.limit(Duration::from_secs(60));
        state.limit(Duration::from_secs(10));
        assert_eq!(state.limited_for(), Some(Duration::from_secs(60)));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(state.limited_for(), None);
    }
}
