//! When and in which order the reports of a backlog are delivered.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::entry::{Entry, Key, Stage};

/// The reports that are ready, and those that wait for a retry.
#[derive(Debug)]
pub(super) struct Schedule {
    /// Sorted by attempts first, so that a report that always fails does not delay the others.
    ready: BTreeSet<(u32, Key)>,
    waiting: BTreeSet<(Instant, Key)>,
}

impl Schedule {
    pub(super) const fn new() -> Self {
        Self {
            ready: BTreeSet::new(),
            waiting: BTreeSet::new(),
        }
    }

    /// Adds a report in the stage that it is in.
    pub(super) fn insert(&mut self, key: Key, entry: &Entry) {
        match entry.stage {
            Stage::Ready => drop(self.ready.insert((entry.attempts, key))),
            Stage::Waiting(due) => drop(self.waiting.insert((due, key))),
            Stage::Unstored | Stage::Storing | Stage::InFlight | Stage::Left => {}
        }
    }

    /// Removes a report, before its stage or its attempts change.
    pub(super) fn remove(&mut self, key: Key, entry: &Entry) {
        match entry.stage {
            Stage::Ready => drop(self.ready.remove(&(entry.attempts, key))),
            Stage::Waiting(due) => drop(self.waiting.remove(&(due, key))),
            Stage::Unstored | Stage::Storing | Stage::InFlight | Stage::Left => {}
        }
    }

    /// The report whose wait ends first, and when.
    pub(super) fn next_due(&self) -> Option<(Instant, Key)> {
        self.waiting.first().copied()
    }

    /// The next batch of at most `max` reports. A report that must be delivered alone forms a batch of its own.
    pub(super) fn first(&self, max: usize, is_alone: impl Fn(Key) -> bool) -> Vec<Key> {
        let mut batch = Vec::new();
        for &(_, key) in self.ready.iter().take(max) {
            if !is_alone(key) {
                batch.push(key);
            } else if batch.is_empty() {
                return vec![key];
            } else {
                break;
            }
        }
        batch
    }
}
