//! Tracks until when Sentry asks for no errors.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The rate limit of one DSN, if there is one.
#[derive(Debug, Default)]
pub(crate) struct Pause(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    until: Option<Instant>,
    /// Whether the last request that failed did so because of a limit.
    was_limited: bool,
}

impl Pause {
    /// How long the pause still lasts.
    pub(crate) fn remaining(&self) -> Option<Duration> {
        let until = self.lock().until?;
        let left = until.saturating_duration_since(Instant::now());
        (!left.is_zero()).then_some(left)
    }

    /// Records the limit in the last response. Of several limits, the longest applies.
    pub(crate) fn record(&self, limit: Option<Duration>) {
        let now = Instant::now();
        let mut state = self.lock();
        state.until = state.until.max(limit.map(|limit| now + limit));
        state.was_limited = state.until.is_some_and(|until| until > now);
    }

    pub(crate) fn was_limited(&self) -> bool {
        self.lock().was_limited
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_longer_limit_counts_and_ends() {
        let pause = Pause::default();
        assert_eq!(pause.remaining(), None);
        pause.record(Some(Duration::from_secs(60)));
        pause.record(Some(Duration::from_secs(10)));
        assert_eq!(pause.remaining(), Some(Duration::from_secs(60)));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert_eq!(pause.remaining(), None);
        // Reports given up in the meantime were given up because of the limit.
        assert!(pause.was_limited());
        pause.record(None);
        assert!(!pause.was_limited());
    }
}
