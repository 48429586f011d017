//! What one reporter has before it, and what became of the rest: a state machine that never waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::circuit::{Allowed, Circuit};
use super::entry::{Entry, Settled};
use super::outcome::Tally;
use super::queue::room;
use super::settings::RetryPolicy;
use crate::error::Origin;
use crate::report::outcome::Outcome;
use crate::report::report::Report;
use crate::reporters::Delivery;

/// The backlog of one reporter. It outlives the thread that works it off.
#[derive(Debug)]
pub(super) struct Lane {
    ready: VecDeque<Entry>,
    /// Those that are tried again.
    waiting: Vec<(Instant, Entry)>,
    in_flight: Vec<Entry>,
    /// Tells an answer from one to an earlier batch, which nobody waits for any more.
    batch: u64,
    bytes: usize,
    bounds: (usize, usize),
    patience: RetryPolicy,
    circuit: Circuit,
    /// The other side's wish.
    hold_until: Option<Instant>,
    pub(super) tally: Tally,
    /// What the reporter knows of what was dropped.
    told: Tally,
    /// Below 0 where what was kept is gone again before it was counted: it still counts as queued then.
    pub(super) spooled: i64,
    pub(super) recovered: u64,
    /// When the reporter delivers what it keeps.
    pub(super) resume_at: Option<Instant>,
    /// It is at it.
    pub(super) resumes: bool,
    /// Nothing comes any more.
    pub(super) ended: bool,
    /// When it gives up on all.
    pub(super) deadline: Option<Instant>,
}

/// What to do next.
#[derive(Debug)]
pub(super) enum Next {
    Deliver {
        batch: u64,
        reports: Vec<Arc<Report>>,
    },
    /// Until then, or until something comes.
    Wait(Option<Instant>),
    /// There is nothing to do and nothing will come.
    Done,
}

/// What came of a batch.
#[derive(Debug)]
pub(super) enum Answer {
    Given(Vec<Delivery>),
    /// The reporter panicked, or took too long.
    Broken,
}

const MAX_BATCH: usize = 32;
/// The longest that anybody's `Retry-After` is believed.
pub(super) const MAX_HOLD: Duration = Duration::from_secs(24 * 60 * 60);

impl Lane {
    pub(super) fn new(count: usize, bytes: usize, patience: RetryPolicy) -> Self {
        Self {
            ready: VecDeque::new(),
            waiting: Vec::new(),
            in_flight: Vec::new(),
            batch: 0,
            bytes: 0,
            bounds: (count, bytes),
            patience,
            circuit: Circuit::new(patience.failures),
            hold_until: None,
            tally: Tally::default(),
            told: Tally::default(),
            spooled: 0,
            recovered: 0,
            resume_at: None,
            resumes: false,
            ended: false,
            deadline: None,
        }
    }

    /// Whether a report of so many bytes fits.
    pub(super) fn has_room(&self, weight: usize, is_panic: bool) -> bool {
        self.len() < room(self.bounds.0, is_panic)
            && self.bytes.saturating_add(weight) <= room(self.bounds.1, is_panic)
    }

    pub(super) fn len(&self) -> usize {
        self.ready.len() + self.waiting.len() + self.in_flight.len()
    }

    /// Takes a report, or drops it.
    pub(super) fn offer(&mut self, entry: Entry) -> Option<Settled> {
        let is_panic = entry.report.origin == Origin::Panic;
        let fits = self.has_room(entry.weight, is_panic);
        if !fits || self.ended {
            let outcome = if self.ended {
                Outcome::ShutDown
            } else {
                Outcome::QueueFull
            };
            self.tally.add(outcome);
            return Some(entry.settled(outcome));
        }
        self.bytes += entry.weight;
        self.ready.push_back(entry);
        None
    }

    /// Takes back what a thread that died had in its hands.
    pub(super) fn recover(&mut self, keeps: bool, now: Instant) {
        self.take_back();
        if keeps {
            self.resumes = false;
            self.resume_at = Some(now);
        }
    }

    fn take_back(&mut self) {
        for entry in self.in_flight.drain(..).rev() {
            self.ready.push_front(entry);
        }
        self.batch += 1;
    }

    /// Nothing comes any more.
    pub(super) const fn end(&mut self) {
        self.ended = true;
    }

    pub(super) fn give_up_at(&mut self, deadline: Instant) {
        self.deadline = Some(
            self.deadline
                .map_or(deadline, |before| before.min(deadline)),
        );
    }

    /// What to do now; before it, what time has settled.
    pub(super) fn next(&mut self, now: Instant) -> (Vec<Settled>, Next) {
        if self.deadline.is_some_and(|deadline| deadline <= now) {
            let next = if self.ended {
                Next::Done
            } else {
                Next::Wait(None)
            };
            return (self.abandon(), next);
        }
        let settled = self.expire(now);
        if self.len() == 0 {
            let next = if self.ended {
                Next::Done
            } else {
                Next::Wait(self.deadline)
            };
            return (settled, next);
        }
        let size = match (self.hold_until, self.circuit.allowed(now)) {
            (Some(until), _) if until > now => return (settled, self.wait(Some(until))),
            (_, Allowed::NothingBefore(until)) => return (settled, self.wait(Some(until))),
            (_, Allowed::Probe) => 1,
            (_, Allowed::Batch) => MAX_BATCH,
        };
        self.fill(size, now);
        if self.in_flight.is_empty() {
            let due = self.waiting.iter().map(|(due, _)| *due).min();
            return (settled, self.wait(due));
        }
        self.batch += 1;
        let reports = self.in_flight.iter().map(|entry| Arc::clone(&entry.report));
        let next = Next::Deliver {
            batch: self.batch,
            reports: reports.collect(),
        };
        (settled, next)
    }

    /// Sorts a batch by its answers. `jitter` is from 0 to below 1.
    pub(super) fn answered(
        &mut self,
        batch: u64,
        answer: Answer,
        now: Instant,
        mut jitter: impl FnMut() -> f64,
    ) -> Vec<Settled> {
        if batch != self.batch {
            return Vec::new();
        }
        let is_broken = matches!(answer, Answer::Broken);
        let mut answers = match answer {
            Answer::Given(answers) => answers,
            Answer::Broken => Vec::new(),
        }
        .into_iter();
        let mut settled = Vec::new();
        let mut has_failed = true;
        for mut entry in std::mem::take(&mut self.in_flight) {
            // Who gives no answer has not delivered it.
            let answer = answers.next().unwrap_or(Delivery::RETRY);
            let outcome = match outcome(answer) {
                Ok(outcome) => {
                    has_failed = false;
                    outcome
                }
                Err(after) => {
                    entry.alone |= is_broken;
                    let wait = self.wait_after(entry.attempts, after, &mut jitter, now);
                    entry.attempts += u32::from(answer != Delivery::Unsent);
                    let is_over = entry.attempts >= self.patience.attempts
                        || now + wait > entry.since + self.patience.age;
                    if !is_over {
                        self.waiting.push((now + wait, entry));
                        continue;
                    }
                    Outcome::GaveUp
                }
            };
            settled.push(self.settle(entry, outcome));
        }
        if has_failed {
            self.circuit.failed(now);
        } else {
            self.circuit.succeeded();
        }
        if settled
            .iter()
            .any(|settled| settled.outcome == Outcome::Spooled)
        {
            self.resume_at = Some(now);
        }
        settled
    }

    /// What was dropped since this was asked last, at the gates and here.
    pub(super) fn newly_dropped(&mut self, at_gates: &Tally) -> Vec<(Outcome, u64)> {
        let now = at_gates.plus(&self.tally);
        let dropped = now.dropped_since(&self.told);
        self.told = now;
        dropped
    }

    /// Drops all that is left.
    pub(super) fn abandon(&mut self) -> Vec<Settled> {
        self.take_back();
        let waiting = std::mem::take(&mut self.waiting)
            .into_iter()
            .map(|(_, entry)| entry);
        let left: Vec<Entry> = self.ready.drain(..).chain(waiting).collect();
        let settled = left
            .into_iter()
            .map(|entry| self.settle(entry, Outcome::ShutDown));
        settled.collect()
    }

    /// Whether one of the first `number` is still on its way and can get on before the deadline.
    pub(super) fn moves_any_of(&self, number: u64, now: Instant, deadline: Instant) -> bool {
        let is_due = |due: Instant| due < deadline;
        let holds = [self.hold_until, self.circuit_opens(now)];
        if !self.in_flight.is_empty() {
            return self.in_flight.iter().any(|entry| entry.number <= number);
        }
        if self.resumes || self.resume_at.is_some_and(|at| at <= now) {
            return true;
        }
        holds.into_iter().flatten().all(is_due)
            && (self.ready.iter().any(|entry| entry.number <= number)
                || self
                    .waiting
                    .iter()
                    .any(|(due, entry)| entry.number <= number && is_due(*due)))
    }

    fn circuit_opens(&self, now: Instant) -> Option<Instant> {
        match self.circuit.allowed(now) {
            Allowed::NothingBefore(until) => Some(until),
            Allowed::Batch | Allowed::Probe => None,
        }
    }

    fn settle(&mut self, entry: Entry, outcome: Outcome) -> Settled {
        self.bytes -= entry.weight;
        if outcome == Outcome::Spooled {
            self.spooled += 1;
        } else {
            self.tally.add(outcome);
        }
        entry.settled(outcome)
    }

    fn fill(&mut self, size: usize, now: Instant) {
        let due = self
            .waiting
            .iter()
            .position(|(due, entry)| *due <= now && entry.alone);
        if let Some(index) = due {
            self.in_flight.push(self.waiting.remove(index).1);
            return;
        }
        let mut index = 0;
        while index < self.waiting.len() && self.in_flight.len() < size {
            if self.waiting[index].0 <= now {
                self.in_flight.push(self.waiting.remove(index).1);
            } else {
                index += 1;
            }
        }
        let more = (size - self.in_flight.len()).min(self.ready.len());
        self.in_flight.extend(self.ready.drain(..more));
    }

    /// Full jitter: any time up to a bound that doubles, so that many who failed together do not come back
    /// together.
    fn wait_after(
        &mut self,
        attempts: u32,
        after: Option<Duration>,
        jitter: &mut impl FnMut() -> f64,
        now: Instant,
    ) -> Duration {
        if let Some(after) = after {
            let after = after.min(MAX_HOLD);
            let until = now + after;
            self.hold_until = Some(self.hold_until.map_or(until, |before| before.max(until)));
            return after;
        }
        let doubled = self.patience.base.saturating_mul(1 << attempts.min(16));
        doubled.min(self.patience.longest).mul_f64(jitter())
    }

    fn expire(&mut self, now: Instant) -> Vec<Settled> {
        let age = self.patience.age;
        let is_old = |entry: &Entry| entry.since + age <= now;
        let mut old = Vec::new();
        while self.ready.front().is_some_and(is_old) {
            old.extend(self.ready.pop_front());
        }
        let waiting = std::mem::take(&mut self.waiting);
        let (expired, waiting) = waiting.into_iter().partition(|(_, entry)| is_old(entry));
        self.waiting = waiting;
        let expired: Vec<(Instant, Entry)> = expired;
        old.extend(expired.into_iter().map(|(_, entry)| entry));
        old.into_iter()
            .map(|entry| self.settle(entry, Outcome::GaveUp))
            .collect()
    }

    fn wait(&self, until: Option<Instant>) -> Next {
        let waiting = self.waiting.iter().map(|(_, entry)| entry);
        let oldest = self
            .ready
            .front()
            .into_iter()
            .chain(waiting)
            .map(|entry| entry.since)
            .min();
        let expiry = oldest.map(|since| since + self.patience.age);
        Next::Wait([until, expiry, self.deadline].into_iter().flatten().min())
    }
}

/// The end that an answer means, or after how long to try again.
pub(super) const fn outcome(answer: Delivery) -> Result<Outcome, Option<Duration>> {
    match answer {
        Delivery::Delivered => Ok(Outcome::Delivered),
        Delivery::Spooled => Ok(Outcome::Spooled),
        Delivery::Rejected => Ok(Outcome::Rejected),
        Delivery::Filtered => Ok(Outcome::Filtered),
        Delivery::Evicted => Ok(Outcome::Evicted),
        Delivery::Expired => Ok(Outcome::GaveUp),
        Delivery::Retry { after } => Err(after),
        Delivery::Unsent => Err(None),
    }
}
