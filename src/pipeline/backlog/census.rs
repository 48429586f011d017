//! The counts of a backlog, and whether its reports can make progress.

use tokio::time::Instant;

use super::entry::{Entry, Stage};
use super::lifecycle::Backlog;
use crate::pipeline::counters::Counters;
use crate::report::outcome::Outcome;

impl Backlog {
    pub(crate) const fn counters(&self) -> Counters {
        self.counters
    }

    pub(crate) const fn recovered(&self) -> u64 {
        self.recovered
    }

    /// How many reports are in memory.
    pub(crate) const fn queued(&self) -> usize {
        self.entries.memory().reports()
    }

    /// How many reports are on disk.
    pub(crate) const fn spooled(&self) -> usize {
        self.entries.stored()
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.queued() == 0 && self.spooled() == 0
    }

    /// Whether a report of this size has room in memory.
    pub(crate) fn has_room(&self, weight: usize, is_panic: bool) -> bool {
        self.entries.memory().has_room(weight, is_panic)
    }

    /// Returns the drops since the last call, both here and before the backlog (`refused`).
    pub(crate) fn newly_dropped(&mut self, refused: &Counters) -> Vec<(Outcome, u64)> {
        let now = refused.plus(&self.counters);
        let dropped = now.dropped_since(&self.known_drops);
        self.known_drops = now;
        dropped
    }

    /// Whether one of the first `number` reports can make progress before the deadline. A failed report that is on disk
    /// is safe, so a flush does not wait for its retry.
    pub(crate) fn moves_any_of(&self, number: u64, now: Instant, deadline: Instant) -> bool {
        let opens = self.circuit.closed_until(now);
        let moves = |entry: &Entry| match (entry.stage, entry.is_stored()) {
            (Stage::Unstored | Stage::Storing | Stage::InFlight, _) => true,
            (Stage::Ready, true) => opens <= now,
            (Stage::Ready, false) => opens < deadline,
            (Stage::Waiting(due), false) => due.max(opens) < deadline,
            (Stage::Waiting(_), true) | (Stage::Left, _) => false,
        };
        let mut entries = self.entries.iter();
        entries.any(|(_, entry)| entry.number <= number && moves(entry))
    }
}
