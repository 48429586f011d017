//! The life cycle of each report in a backlog: offered, delivered, retried, done.

use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use tokio::time::Instant;
use uuid::Uuid;

use super::entries::Entries;
use super::entry::{Body, Entry, Key, Offer, Stage};
use super::stored::Stored;
use crate::pipeline::completion::Completion;
use crate::pipeline::counters::Counters;
use crate::pipeline::delivery_waiter::DeliveryWaiter;
use crate::pipeline::retry::{Circuit, Permit, RetryPolicy};
use crate::pipeline::settings::QueueLimits;
use crate::report::outcome::Outcome;

/// What one reporter still has to deliver. It outlives the thread that delivers it.
#[derive(Debug)]
pub(crate) struct Backlog {
    pub(super) entries: Entries,
    pub(super) counters: Counters,
    /// The drops that the reporter was already notified of.
    pub(super) known_drops: Counters,
    /// How many reports of earlier processes were found.
    pub(super) recovered: u64,
    pub(super) circuit: Circuit,
    pub(super) policy: RetryPolicy,
    /// Whether no more reports will be offered.
    is_ended: bool,
    /// When everything in memory is dropped.
    deadline: Option<Instant>,
    pub(super) jitter: Rng,
}

/// What to do next, and the reports that have expired.
#[derive(Debug)]
pub(crate) struct Next {
    pub(crate) ended: Ended,
    pub(crate) step: Step,
}

#[derive(Debug)]
pub(crate) enum Step {
    /// Write the unstored reports to disk.
    Store,
    Deliver(Vec<(Key, Body)>),
    /// Wait until this time, or until something happens.
    Wait(Option<Instant>),
    /// Everything that this process can deliver has been delivered.
    Done,
}

/// Finished reports: already counted, but not announced yet, and with files still to be removed.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(crate) completions: Vec<Completion>,
    pub(crate) files: Vec<Stored>,
}

const MAX_BATCH: usize = 32;
/// With less time left than this, a closing backlog tries nothing again.
const SHORTEST_RETRY: Duration = Duration::from_millis(100);

impl Backlog {
    pub(crate) fn in_memory(limits: QueueLimits, seed: Option<u64>, now: Instant) -> Self {
        let entries = Entries::new(limits, false, now);
        Self::new(entries, RetryPolicy::in_memory(), seed)
    }

    pub(crate) fn on_disk(
        limits: QueueLimits,
        max_age: Duration,
        seed: Option<u64>,
        now: Instant,
    ) -> Self {
        let entries = Entries::new(limits, true, now);
        Self::new(entries, RetryPolicy::on_disk(max_age), seed)
    }

    fn new(entries: Entries, policy: RetryPolicy, seed: Option<u64>) -> Self {
        Self {
            entries,
            counters: Counters::default(),
            known_drops: Counters::default(),
            recovered: 0,
            circuit: Circuit::default(),
            policy,
            is_ended: false,
            deadline: None,
            jitter: seed.map_or_else(Rng::new, Rng::with_seed),
        }
    }

    /// Takes a report, or drops it.
    pub(crate) fn offer(&mut self, offer: Offer, now: Instant) -> Option<Completion> {
        let memory = self.entries.memory();
        let refusal = if self.is_ended {
            Some(Outcome::ShutDown)
        } else {
            let has_room = memory.has_room(offer.weight, offer.is_panic);
            (!has_room).then_some(Outcome::QueueFull)
        };
        if let Some(outcome) = refusal {
            return Some(self.refuse(offer.report.id, outcome, offer.waiter));
        }
        let entry = Entry {
            id: offer.report.id,
            number: offer.number,
            attempts: 0,
            is_alone: false,
            waiter: offer.waiter,
            body: Body::Memory {
                report: offer.report,
                weight: offer.weight,
            },
            stage: Stage::Ready,
        };
        self.entries.insert(entry, Duration::ZERO, now);
        None
    }

    /// Counts a report that the backlog does not accept.
    pub(crate) fn refuse(
        &mut self,
        id: Uuid,
        outcome: Outcome,
        waiter: Option<Arc<DeliveryWaiter>>,
    ) -> Completion {
        self.counters.add(outcome);
        Completion {
            id,
            outcome,
            waiter,
        }
    }

    /// Returns what to do now. While a batch `is_in_flight`, no other one is delivered.
    pub(crate) fn next(&mut self, now: Instant, is_in_flight: bool) -> Next {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            let step = if self.is_ended {
                Step::Done
            } else {
                Step::Wait(None)
            };
            let ended = self.abandon();
            return Next { ended, step };
        }
        let ended = self.expire(now);
        let next_due = self.entries.end_waits(now);
        let step = if self.entries.has_unstored() {
            Step::Store
        } else if is_in_flight {
            Step::Wait(None)
        } else {
            self.next_delivery(now, next_due)
        };
        let step = match step {
            Step::Wait(until) => Step::Wait(self.wakes_at(until, now)),
            Step::Store | Step::Deliver(_) | Step::Done => step,
        };
        Next { ended, step }
    }

    fn next_delivery(&mut self, now: Instant, next_due: Option<Instant>) -> Step {
        let (max, until) = match self.circuit.permit(now) {
            Permit::NothingBefore(until) => (0, Some(until)),
            Permit::Probe => (1, next_due),
            Permit::Batch => (MAX_BATCH, next_due),
        };
        let batch = self.entries.take_batch(max);
        if !batch.is_empty() {
            let bodies = batch.into_iter().filter_map(|key| {
                let entry = self.entries.get(key)?;
                Some((key, entry.body.clone()))
            });
            return Step::Deliver(bodies.collect());
        }
        // Reports on disk can wait for another process if this one ends.
        if self.is_ended && self.entries.memory().is_empty() {
            return Step::Done;
        }
        Step::Wait(until)
    }

    /// The earliest of `until`, the time at which the oldest report expires, and the deadline.
    fn wakes_at(&self, until: Option<Instant>, now: Instant) -> Option<Instant> {
        let mut idle = self.entries.iter().filter(|(_, entry)| entry.is_idle());
        let oldest = idle.next().map(|(key, _)| key);
        let expires = oldest.and_then(|key| self.entries.reaches(self.policy.max_age, key, now));
        [until, expires, self.deadline].into_iter().flatten().min()
    }

    /// Gives up the reports that have reached the maximum age.
    fn expire(&mut self, now: Instant) -> Ended {
        let max_age = self.policy.max_age;
        let mut ended = Ended::default();
        let entries = self.entries.iter();
        let old = entries.take_while(|(key, _)| self.entries.age(*key, now) >= max_age);
        let old = old.filter(|(_, entry)| entry.is_idle()).map(|(key, _)| key);
        for key in old.collect::<Vec<_>>() {
            self.finish(key, Outcome::GaveUp, &mut ended);
        }
        ended
    }

    /// Counts the outcome of a report, if it is still there: another thread may have dropped it.
    pub(super) fn finish(&mut self, key: Key, outcome: Outcome, ended: &mut Ended) {
        if let Some(entry) = self.entries.remove(key) {
            self.counters.add(outcome);
            if let Body::Disk(stored) = &entry.body {
                ended.files.push(*stored);
            }
            ended.completions.push(entry.completion(outcome));
        }
    }

    pub(crate) const fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Marks the end of the input: no more reports will be offered.
    pub(crate) const fn end(&mut self) {
        self.is_ended = true;
    }

    /// Sets the deadline at which reports in memory are dropped.
    pub(crate) fn close_at(&mut self, deadline: Instant, now: Instant) {
        self.deadline = Some(self.deadline.map_or(deadline, |it| it.min(deadline)));
        self.retry_before_deadline(now);
    }

    /// If reports in memory would be retried only after the deadline, they get one more attempt halfway to it.
    pub(super) fn retry_before_deadline(&mut self, now: Instant) {
        let Some(deadline) = self.deadline else {
            return;
        };
        let left = deadline.saturating_duration_since(now);
        if left < SHORTEST_RETRY || self.entries.memory().is_empty() {
            return;
        }
        let halfway = now + left / 2;
        let is_late = |stage: Stage| matches!(stage, Stage::Waiting(due) if due >= deadline);
        let late = |entry: &Entry| !entry.is_stored() && is_late(entry.stage);
        for key in self.entries.keys(late) {
            self.entries.set_stage(key, Stage::Waiting(halfway));
        }
        self.circuit.probe_at(halfway);
    }

    /// Drops everything that is in memory.
    pub(crate) fn abandon(&mut self) -> Ended {
        let mut ended = Ended::default();
        for key in self.entries.keys(|entry| !entry.is_stored()) {
            self.finish(key, Outcome::ShutDown, &mut ended);
        }
        ended
    }
}
