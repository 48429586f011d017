//! What a backlog does with the disk; the files themselves are the business of [`Disk`](super::spool_files::Disk).

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use uuid::Uuid;

use super::entry::{Body, Entry, Key, Offer, Stage};
use super::lifecycle::{Backlog, Ended};
use super::stored::{Recovered, Stored};
use crate::pipeline::completion::Completion;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

impl Backlog {
    /// Takes up to so many reports that are to be written to disk.
    pub(super) fn take_unstored(&mut self, max: usize) -> Vec<(Key, Arc<Report>)> {
        let keys = self.entries.take_unstored(max);
        let report = |key: Key| match &self.entries.get(key)?.body {
            Body::Memory { report, .. } => Some((key, Arc::clone(report))),
            Body::Disk(_) => None,
        };
        keys.into_iter().filter_map(report).collect()
    }

    /// Counts a report as stored, or has it delivered from memory if it could not be written.
    pub(super) fn stored(&mut self, key: Key, stored: Option<Stored>, ended: &mut Ended) {
        let is_there = self.entries.set_stored(key, stored);
        match (is_there, stored) {
            (true, Some(_)) => self.complete_stored(key, ended),
            // Dropped meanwhile, at a deadline.
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

    /// Takes a report that is on disk already.
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

    /// Takes the reports that earlier processes left behind.
    pub(super) fn recovered_from(&mut self, reports: Vec<Recovered>, now: Instant) {
        let time = SystemTime::now();
        for recovered in reports {
            self.recovered += 1;
            let age = recovered.age(time);
            self.insert_stored(recovered.stored, 0, age, now);
        }
    }

    /// Counts reports of earlier processes that cannot be read.
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

    /// Takes back a report that is not delivered after all.
    pub(super) fn give_back(&mut self, key: Key) {
        self.entries.make_ready(key);
    }

    /// Drops the oldest stored reports, up to so many.
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
