//! When a report is retried, and when a failing reporter is given a break.

use std::time::Duration;

use tokio::time::Instant;

/// How often and for how long a report is retried.
#[derive(Clone, Copy, Debug)]
pub(super) struct RetryPolicy {
    pub(super) max_attempts: u32,
    pub(super) max_age: Duration,
    /// The longest wait after the first attempt; it doubles with each further attempt, up to `longest`.
    base: Duration,
    longest: Duration,
}

/// The longest `Retry-After` that is honored.
const MAX_HOLD: Duration = Duration::from_secs(24 * 60 * 60);
/// How many failures in a row open the circuit.
const MAX_FAILURES: u32 = 5;
const SHORTEST_OPEN: Duration = Duration::from_secs(15);
const LONGEST_OPEN: Duration = Duration::from_secs(5 * 60);

impl RetryPolicy {
    /// The policy for a backlog in memory.
    pub(super) const fn in_memory() -> Self {
        Self {
            max_attempts: 8,
            max_age: Duration::from_secs(15 * 60),
            base: Duration::from_secs(1),
            longest: Duration::from_secs(120),
        }
    }

    /// The policy for a backlog on disk, where a report is retried for as long as it is kept.
    pub(super) const fn on_disk(max_age: Duration) -> Self {
        Self {
            max_attempts: u32::MAX,
            max_age,
            ..Self::in_memory()
        }
    }

    /// How long a report waits that had failed `attempts` times before. `jitter` is in `0.0..1.0`.
    ///
    /// Full jitter: a random time up to a bound that doubles, so that reports that failed together are not retried
    /// together.
    pub(super) fn backoff(&self, attempts: u32, jitter: f64) -> Duration {
        let doubled = self.base.saturating_mul(1 << attempts.min(16));
        doubled.min(self.longest).mul_f64(jitter)
    }
}

/// A circuit breaker: it opens after a number of failures in a row, and then lets single probes through, less and less
/// often. It also honors the receiver's `Retry-After`.
#[derive(Debug, Default)]
pub(super) struct Circuit {
    failures: u32,
    open_until: Option<Instant>,
    times_opened: u32,
    /// The receiver's `Retry-After`.
    hold_until: Option<Instant>,
}

/// What may be delivered now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Permit {
    Batch,
    /// A single report, to find out whether the receiver is back.
    Probe,
    NothingBefore(Instant),
}

impl Circuit {
    pub(super) fn permit(&self, now: Instant) -> Permit {
        let until = self.closed_until(now);
        if until > now {
            Permit::NothingBefore(until)
        } else if self.open_until.is_some() {
            Permit::Probe
        } else {
            Permit::Batch
        }
    }

    /// The earliest instant at which something may be delivered.
    pub(super) fn closed_until(&self, now: Instant) -> Instant {
        let holds = [self.hold_until, self.open_until];
        holds.into_iter().flatten().fold(now, Instant::max)
    }

    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
        self.times_opened = 0;
    }

    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= MAX_FAILURES {
            let doubled = SHORTEST_OPEN.saturating_mul(1 << self.times_opened.min(8));
            self.open_until = Some(now + doubled.min(LONGEST_OPEN));
            self.times_opened = self.times_opened.saturating_add(1);
        }
    }

    /// Honors a `Retry-After` of at most 24 hours; returns how long it holds deliveries back.
    pub(super) fn hold(&mut self, after: Duration, now: Instant) -> Duration {
        let after = after.min(MAX_HOLD);
        self.hold_until = self.hold_until.max(Some(now + after));
        after
    }

    /// Lets the next probe through at `time`, unless it is due earlier.
    pub(super) fn probe_at(&mut self, time: Instant) {
        self.open_until = self.open_until.map(|until| until.min(time));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_circuit_opens_after_failures_in_a_row_and_probes_less_and_less_often_until_one_succeeds()
    {
        let mut circuit = Circuit::default();
        let mut now = Instant::now();
        for _ in 1..MAX_FAILURES {
            circuit.failed(now);
        }
        circuit.succeeded();
        for _ in 1..MAX_FAILURES {
            circuit.failed(now);
        }
        assert_eq!(circuit.permit(now), Permit::Batch);
        for seconds in [15, 30, 60, 120, 240, 300, 300] {
            circuit.failed(now);
            let until = now + Duration::from_secs(seconds);
            assert_eq!(circuit.permit(now), Permit::NothingBefore(until));
            now = until;
            assert_eq!(circuit.permit(now), Permit::Probe);
        }
        circuit.succeeded();
        assert_eq!(circuit.permit(now), Permit::Batch);
    }

    #[test]
    fn a_retry_after_holds_back_even_probes_and_the_longest_one_counts() {
        let mut circuit = Circuit::default();
        let now = Instant::now();
        circuit.hold(Duration::from_secs(20), now);
        circuit.hold(Duration::from_secs(10), now);
        let until = now + Duration::from_secs(20);
        circuit.probe_at(now);
        assert_eq!(circuit.permit(now), Permit::NothingBefore(until));
        assert_eq!(circuit.closed_until(now), until);
        assert_eq!(circuit.permit(until), Permit::Batch);
    }
}
