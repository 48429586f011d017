//! How a backlog accounts for reports on disk; [`Disk`](super::spool_files::Disk) handles the files.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::entry::{Body, Entry, Key, Offer, Stage};
use super::lifecycle::{Backlog, Ended};
use super::stored::{Recovered, Stored};
use crate::pipeline::completion::Completion;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

impl Backlog {
    /// Takes at most `max` of the reports to be written to disk.
    pub(super) fn take_unstored(&mut self, max: usize) -> Vec<(Key, Arc<Report>)> {
        let keys = self.entries.take_unstored(max);
        let report = |key: Key| match &self.entries.get(key)?.body {
            Body::Memory { report, .. } => Some((key, Arc::clone(report))),
            Body::Disk(_) => None,
        };
        keys.into_iter().filter_map(report).collect()
    }

    /// Marks a report as stored, or schedules its delivery from memory if it could not be written.
    pub(super) fn stored(&mut self, key: Key, stored: Option<Stored>, ended: &mut Ended) {
        let is_there = self.entries.set_stored(key, stored);
        match (is_there, stored) {
            (true, Some(_)) => self.complete_stored(key, ended),
            // It was dropped in the meantime, at a deadline.
            (false, Some(stored)) => ended.files.push(stored),
            (_, None) => {}
        }
    }

    fn complete_stored(&mut self, key: Key, ended: &mut Ended) {
        self.entries.update(key, |entry| {
            ended.completions.push(Completion {
                id: entry.id,
                outcome: Outcome::Spooled,
                waiter: entry.waiter.take(),
            });
        });
    }

    /// Adds a report that is already on disk.
    pub(crate) fn offer_stored(
        &mut self,
        offer: Offer,
        stored: Stored,
        now: Instant,
    ) -> Completion {
        self.insert_stored(stored, offer.number, Duration::ZERO, now);
        Completion {
            id: offer.report.id,
            outcome: Outcome::Spooled,
            waiter: offer.waiter,
        }
    }

    /// Adds the reports that earlier processes left behind.
    pub(super) fn recovered_from(&mut self, reports: Vec<Recovered>, now: Instant) {
        for Recovered { stored, age } in reports {
            self.recovered += 1;
            self.insert_stored(stored, 0, age, now);
        }
    }

    /// Counts unreadable reports of earlier processes.
    pub(super) fn recovered_torn(&mut self, ids: Vec<Uuid>) -> Ended {
        let mut ended = Ended::default();
        for id in ids {
            self.recovered += 1;
            self.counters.add(Outcome::Rejected);
            ended.completions.push(Completion {
                id,
                outcome: Outcome::Rejected,
                waiter: None,
            });
        }
        ended
    }

    /// Drops a report whose file cannot be read.
    pub(super) fn unreadable(&mut self, key: Key) -> Vec<Completion> {
        let mut ended = Ended::default();
        self.finish(key, Outcome::Rejected, &mut ended);
        ended.completions
    }

    /// Takes back a report that was taken for a batch but is not delivered.
    pub(super) fn give_back(&mut self, key: Key) {
        self.entries.make_ready(key);
    }

    /// Evicts the oldest stored reports, at most `max`.
    pub(super) fn evict(&mut self, max: usize) -> Ended {
        let stored = self.entries.iter().filter(|(_, entry)| entry.is_stored());
        let oldest: Vec<Key> = stored.take(max).map(|(key, _)| key).collect();
        let mut ended = Ended::default();
        for key in oldest {
            self.finish(key, Outcome::Evicted, &mut ended);
        }
        ended
    }

    /// Leaves what is on disk to another process.
    pub(super) fn leave_disk(&mut self) {
        self.entries.leave_disk();
    }

    fn insert_stored(&mut self, stored: Stored, number: u64, age: Duration, now: Instant) {
        let entry = Entry {
            id: stored.id,
            number,
            attempts: 0,
            is_alone: false,
            waiter: None,
            body: Body::Disk(stored),
            stage: Stage::Ready,
        };
        self.entries.insert(entry, age, now);
    }
}
