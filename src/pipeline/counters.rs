//! Counts reports by outcome.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::report::outcome::Outcome;

/// The counters of one reporter, guarded by the lock of its backlog.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counters([u64; Outcome::COUNT]);

impl Counters {
    pub(super) fn add(&mut self, outcome: Outcome) {
        if let Some(count) = self.0.get_mut(outcome as usize) {
            *count += 1;
        }
    }

    pub(super) fn get(&self, outcome: Outcome) -> u64 {
        self.0.get(outcome as usize).copied().unwrap_or_default()
    }

    pub(super) fn dropped(&self) -> u64 {
        Outcome::DROPS.iter().map(|reason| self.get(*reason)).sum()
    }

    /// Returns the sum of both.
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index] + other.0[index]))
    }

    /// Returns how many reports were dropped since `earlier`, by reason.
    pub(super) fn dropped_since(&self, earlier: &Self) -> Vec<(Outcome, u64)> {
        let dropped = Outcome::DROPS
            .iter()
            .map(|reason| (*reason, self.get(*reason) - earlier.get(*reason)));
        dropped.filter(|(_, count)| *count > 0).collect()
    }
}

/// The counters of failures that were refused before they reached any reporter. Many threads update them at once.
#[derive(Debug, Default)]
pub(super) struct SharedCounters([AtomicU64; Outcome::COUNT]);

impl SharedCounters {
    pub(super) fn add(&self, outcome: Outcome) {
        if let Some(count) = self.0.get(outcome as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn snapshot(&self) -> Counters {
        Counters(std::array::from_fn(|index| {
            self.0[index].load(Ordering::Relaxed)
        }))
    }
}
