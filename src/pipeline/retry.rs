//! Leaves a reporter alone that does nothing but fail.

use std::time::Duration;

use tokio::time::Instant;

/// Opens after some failures in a row, then lets single probes through, ever more seldom.
#[derive(Debug)]
pub(super) struct Circuit {
    limit: u32,
    failures: u32,
    open_until: Option<Instant>,
    times_opened: u32,
}

/// What may be tried now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Allowed {
    Batch,
    /// One report, to see whether it is back.
    Probe,
    NothingBefore(Instant),
}

const SHORTEST: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(5 * 60);

impl Circuit {
    pub(super) const fn new(limit: u32) -> Self {
        Self {
            limit,
            failures: 0,
            open_until: None,
            times_opened: 0,
        }
    }

    pub(super) fn allowed(&self, now: Instant) -> Allowed {
        match self.open_until {
            None => Allowed::Batch,
            Some(until) if until <= now => Allowed::Probe,
            Some(until) => Allowed::NothingBefore(until),
        }
    }

    pub(super) const fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
        self.times_opened = 0;
    }

    pub(super) fn failed(&mut self, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= self.limit {
            let doubled = SHORTEST.saturating_mul(1 << self.times_opened.min(8));
            self.open_until = Some(now + doubled.min(LONGEST));
            self.times_opened = self.times_opened.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_probes_ever_more_seldom_until_one_succeeds() {
        let mut circuit = Circuit::new(2);
        let mut now = Instant::now();
        circuit.failed(now);
        circuit.succeeded();
        circuit.failed(now);
        assert_eq!(circuit.allowed(now), Allowed::Batch);
        for seconds in [15, 30, 60, 120, 240, 300, 300] {
            circuit.failed(now);
            let until = now + Duration::from_secs(seconds);
            assert_eq!(circuit.allowed(now), Allowed::NothingBefore(until));
            now = until;
            assert_eq!(circuit.allowed(now), Allowed::Probe);
        }
        circuit.succeeded();
        assert_eq!(circuit.allowed(now), Allowed::Batch);
    }
}
