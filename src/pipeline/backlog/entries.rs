//! The reports of a backlog, each in one stage, and in memory or on disk.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

use super::entry::{Body, Entry, Key, Stage};
use super::memory::MemoryUsage;
use super::schedule::Schedule;
use super::stored::Stored;
use crate::pipeline::settings::QueueLimits;

#[derive(Debug)]
pub(super) struct Entries {
    all: BTreeMap<Key, Entry>,
    schedule: Schedule,
    /// Reports to be written to disk, in the order of their arrival.
    unstored: VecDeque<Key>,
    memory: MemoryUsage,
    /// How many are on disk.
    stored: usize,
    /// Whether reports go to disk before they are delivered.
    is_spooled: bool,
    started: Instant,
    sequence: u64,
}

impl Entries {
    pub(super) const fn new(limits: QueueLimits, is_spooled: bool, now: Instant) -> Self {
        Self {
            all: BTreeMap::new(),
            schedule: Schedule::new(),
            unstored: VecDeque::new(),
            memory: MemoryUsage::new(limits),
            stored: 0,
            is_spooled,
            started: now,
            sequence: 0,
        }
    }

    /// Adds a report of this age.
    pub(super) fn insert(&mut self, mut entry: Entry, age: Duration, now: Instant) {
        self.sequence += 1;
        let key = Key {
            at: self.nanos(now).saturating_sub(nanos(age)),
            sequence: self.sequence,
        };
        match &entry.body {
            Body::Memory { weight, .. } => self.memory.add(*weight),
            Body::Disk(_) => self.stored += 1,
        }
        entry.stage = self.first_stage(&entry);
        self.enter_stage(key, &entry);
        self.all.insert(key, entry);
    }

    /// Removes a report; `None` if it is gone already.
    pub(super) fn remove(&mut self, key: Key) -> Option<Entry> {
        let entry = self.all.remove(&key)?;
        self.schedule.remove(key, &entry);
        match &entry.body {
            Body::Memory { weight, .. } => self.memory.remove(*weight),
            Body::Disk(_) => self.stored -= 1,
        }
        Some(entry)
    }

    pub(super) fn set_stage(&mut self, key: Key, stage: Stage) {
        self.update(key, |entry| entry.stage = stage);
    }

    /// Schedules a report for delivery, or for being written to disk first if it is not there yet.
    pub(super) fn make_ready(&mut self, key: Key) {
        if let Some(entry) = self.all.get(&key) {
            let stage = self.first_stage(entry);
            self.set_stage(key, stage);
        }
    }

    /// Changes what determines the order in which a report is delivered.
    pub(super) fn update(&mut self, key: Key, change: impl FnOnce(&mut Entry)) {
        if let Some(mut entry) = self.all.remove(&key) {
            self.schedule.remove(key, &entry);
            change(&mut entry);
            self.enter_stage(key, &entry);
            self.all.insert(key, entry);
        }
    }

    /// Schedules a report for delivery after it was written to disk, or could not be. Returns `false` if it is gone
    /// already.
    pub(super) fn set_stored(&mut self, key: Key, stored: Option<Stored>) -> bool {
        let Some(entry) = self.all.get_mut(&key) else {
            return false;
        };
        if let (Some(stored), Body::Memory { weight, .. }) = (stored, &entry.body) {
            self.memory.remove(*weight);
            self.stored += 1;
            entry.body = Body::Disk(stored);
        }
        let is_left = self.all.get(&key).is_some_and(|entry| self.is_left(entry));
        self.set_stage(key, if is_left { Stage::Left } else { Stage::Ready });
        true
    }

    /// Takes at most `max` of the reports to be written to disk.
    pub(super) fn take_unstored(&mut self, max: usize) -> Vec<Key> {
        let mut taken = Vec::new();
        while taken.len() < max
            && let Some(key) = self.unstored.pop_front()
        {
            let is_one = |entry: &Entry| entry.stage == Stage::Unstored;
            if self.all.get(&key).is_some_and(is_one) {
                self.set_stage(key, Stage::Storing);
                taken.push(key);
            }
        }
        taken
    }

    /// Takes at most `max` of the reports to be delivered next.
    pub(super) fn take_batch(&mut self, max: usize) -> Vec<Key> {
        let is_alone = |key: Key| self.all.get(&key).is_some_and(|entry| entry.is_alone);
        let batch = self.schedule.first(max, is_alone);
        for &key in &batch {
            self.set_stage(key, Stage::InFlight);
        }
        batch
    }

    /// Schedules the reports whose wait is over; returns when the next wait ends.
    pub(super) fn end_waits(&mut self, now: Instant) -> Option<Instant> {
        loop {
            let (due, key) = self.schedule.next_due()?;
            if due > now {
                return Some(due);
            }
            self.make_ready(key);
        }
    }

    /// Schedules a report for a retry at `due`.
    pub(super) fn postpone(&mut self, key: Key, due: Instant) {
        let is_left = self.all.get(&key).is_some_and(|entry| self.is_left(entry));
        let stage = if is_left {
            Stage::Left
        } else {
            Stage::Waiting(due)
        };
        self.set_stage(key, stage);
    }

    /// Stops writing to disk and delivering from there.
    pub(super) fn leave_disk(&mut self) {
        self.is_spooled = false;
        for key in self.keys(Entry::is_stored) {
            if self.all.get(&key).is_some_and(Entry::is_idle) {
                self.set_stage(key, Stage::Left);
            }
        }
        while let Some(key) = self.unstored.pop_front() {
            self.set_stage(key, Stage::Ready);
        }
    }

    pub(super) fn get(&self, key: Key) -> Option<&Entry> {
        self.all.get(&key)
    }

    /// The reports for which `is_so` returns `true`, oldest first.
    pub(super) fn keys(&self, is_so: impl Fn(&Entry) -> bool) -> Vec<Key> {
        let entries = self.all.iter().filter(|(_, entry)| is_so(entry));
        entries.map(|(key, _)| *key).collect()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Key, &Entry)> {
        self.all.iter().map(|(key, entry)| (*key, entry))
    }

    pub(super) const fn memory(&self) -> &MemoryUsage {
        &self.memory
    }

    pub(super) const fn stored(&self) -> usize {
        self.stored
    }

    pub(super) fn has_unstored(&self) -> bool {
        !self.unstored.is_empty()
    }

    /// How old a report is.
    pub(super) fn age(&self, key: Key, now: Instant) -> Duration {
        let nanos = self.nanos(now).saturating_sub(key.at);
        Duration::from_nanos(u64::try_from(nanos).unwrap_or_default())
    }

    /// The instant at which a report reaches this age, or `now` if it already has; `None` if that is too far in the
    /// future.
    pub(super) fn reaches(&self, age: Duration, key: Key, now: Instant) -> Option<Instant> {
        now.checked_add(age.saturating_sub(self.age(key, now)))
    }

    fn first_stage(&self, entry: &Entry) -> Stage {
        if self.is_left(entry) {
            Stage::Left
        } else if self.is_spooled && !entry.is_stored() {
            Stage::Unstored
        } else {
            Stage::Ready
        }
    }

    /// Whether it is on disk and left to another process.
    const fn is_left(&self, entry: &Entry) -> bool {
        entry.is_stored() && !self.is_spooled
    }

    fn enter_stage(&mut self, key: Key, entry: &Entry) {
        self.schedule.insert(key, entry);
        if entry.stage == Stage::Unstored {
            self.unstored.push_back(key);
        }
    }

    /// Nanoseconds since the backlog was made; negative for an earlier instant, which a runtime with paused time may
    /// return.
    fn nanos(&self, at: Instant) -> i64 {
        match at.checked_duration_since(self.started) {
            Some(since) => nanos(since),
            None => -nanos(self.started - at),
        }
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
