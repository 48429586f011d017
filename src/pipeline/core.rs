//! The parts of the pipeline, which its handle and its threads share.

use std::borrow::Cow;
use std::mem::size_of;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;
use uuid::Uuid;

use super::entry::{Entry, Settled};
use super::gate::Gate;
use super::lane::Lane;
use super::outcome::SharedTally;
use super::prepare::prepare;
use super::queue::{Item, Queue};
use super::random::Random;
use super::settings::{Executor, RetryPolicy, Settings};
use super::ticket::DeliveryWaiter;
use super::{Listeners, OutcomeEvent, reporting, threads};
use crate::disclosure::Redactor;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::report::event::Event;
use crate::report::outcome::Outcome;
use crate::report::report::Report;
use crate::reporters::DynReporter;
use crate::symbols::SymbolSettings;

#[derive(Debug)]
pub(super) struct Core {
    gate: Gate,
    /// What the gates dropped.
    pub(super) dropped: SharedTally,
    pub(super) queue: Queue,
    pub(super) lanes: Vec<Arc<Track>>,
    /// Held while reports go from the queue to the lanes, and by who counts them, so that none is seen twice
    /// or not at all. Requests only ever meet the queue's lock, which nobody holds while waiting for another.
    handover: Mutex<()>,
    listeners: Listeners,
    redactor: Redactor,
    symbols: SymbolSettings,
    pub(super) random: Random,
    pub(super) place: Executor,
    pub(super) crash_timeout: Duration,
    /// Whether the worker runs.
    pub(super) works: AtomicBool,
    pub(super) settled: Notify,
    pub(super) settled_blocking: (Mutex<()>, Condvar),
}

/// One reporter and its lane.
#[derive(Debug)]
pub(super) struct Track {
    pub(super) reporter: Box<dyn DynReporter>,
    pub(super) name: Cow<'static, str>,
    /// Whether the reporter keeps reports.
    pub(super) keeps: bool,
    lane: Mutex<Lane>,
    pub(super) patience: RetryPolicy,
    pub(super) wake: Notify,
    pub(super) wake_resume: Notify,
    /// Whether its thread runs.
    pub(super) works: AtomicBool,
}

impl Track {
    pub(super) fn lock(&self) -> MutexGuard<'_, Lane> {
        self.lane.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has a reporter that keeps reports do so now.
    fn keep(&self, report: &Report) -> bool {
        let keep = || Some(self.reporter.keeper()?.keep(report));
        catch_panic(keep).flatten().unwrap_or(false)
    }
}

impl Core {
    pub(super) fn new(settings: Settings) -> Self {
        let gate = Gate::new(&settings);
        let random = Random::new(settings.seed.map(|seed| !seed));
        let (count, bytes) = (settings.queue_count, settings.queue_bytes);
        let patience = RetryPolicy::default();
        let track = |reporter: Box<dyn DynReporter>| {
            let mut lane = Lane::new(count, bytes, patience);
            let kept = reporter.kept();
            // Without anything kept nothing starts, and then there is nothing to wait for either.
            lane.resume_at = kept.filter(|kept| *kept > 0).map(|_| Instant::now());
            Arc::new(Track {
                name: reporter.name(),
                keeps: kept.is_some(),
                reporter,
                lane: Mutex::new(lane),
                patience,
                wake: Notify::new(),
                wake_resume: Notify::new(),
                works: AtomicBool::new(false),
            })
        };
        Self {
            gate,
            dropped: SharedTally::default(),
            queue: Queue::new(count, bytes),
            handover: Mutex::default(),
            lanes: settings.reporters.into_iter().map(track).collect(),
            listeners: settings.listeners,
            redactor: settings.redactor,
            symbols: settings.symbols,
            random,
            place: settings.place,
            crash_timeout: settings.crash_timeout,
            works: AtomicBool::new(false),
            settled: Notify::new(),
            settled_blocking: Default::default(),
        }
    }

    /// Takes a failure, or counts why not. Everything on the request's path is in here.
    pub(super) fn capture(
        self: &Arc<Self>,
        captured: Box<Event>,
        ticket: Option<Arc<DeliveryWaiter>>,
    ) {
        let id = captured.failure.id();
        let admitted = if reporting::is_on() {
            Err(Outcome::Recursive)
        } else {
            self.gate.admit(&captured)
        };
        let queued = admitted.and_then(|suppressed| {
            let ticket = ticket.clone();
            self.queue.push(captured, suppressed, ticket)
        });
        match queued {
            Ok(()) => self.start(),
            Err(outcome) => self.refuse(id, outcome, ticket),
        }
    }

    /// Counts a failure that did not get in.
    pub(super) fn refuse(&self, id: Uuid, outcome: Outcome, ticket: Option<Arc<DeliveryWaiter>>) {
        self.dropped.add(outcome);
        if let Some(ticket) = ticket {
            ticket.stamp(outcome);
        }
        self.listeners.tell(&OutcomeEvent {
            outcome,
            report_id: id,
            reporter: None,
        });
    }

    /// Starts the worker if it does not run: with the first report, and after it died.
    pub(super) fn start(self: &Arc<Self>) {
        if !self.works.load(Ordering::Acquire) && !self.works.swap(true, Ordering::AcqRel) {
            threads::start_worker(self);
        }
    }

    /// Starts what has died with something left to do.
    pub(super) fn revive(self: &Arc<Self>) {
        if self.remaining().queued > 0 {
            self.start();
            self.start_lanes();
            self.queue.wake.notify_one();
        }
    }

    /// Starts the threads of the reporters that do not run.
    pub(super) fn start_lanes(self: &Arc<Self>) {
        for track in &self.lanes {
            if !track.works.load(Ordering::Acquire) && !track.works.swap(true, Ordering::AcqRel) {
                threads::start_lane(self, track);
            }
        }
    }

    /// Makes the report of a captured failure and hands it to every reporter.
    pub(super) fn process(&self, item: Item) {
        let Item {
            captured,
            suppressed,
            ticket,
            number,
            ..
        } = item;
        if let Some(ticket) = &ticket {
            ticket.expect(self.lanes.len());
        }
        let id = captured.failure.id();
        // A report that nobody has room for is not worth making.
        let is_panic = captured.is_panic();
        let has_room = |track: &Arc<Track>| track.lock().has_room(0, is_panic);
        let is_urgent = captured.is_urgent;
        let made = if is_urgent || self.lanes.iter().any(has_room) {
            let time = is_urgent.then_some(self.crash_timeout / 2);
            // None: the application's callbacks dropped it.
            let report = prepare(captured, suppressed, &self.symbols, time, &self.redactor)
                .ok_or(Outcome::Filtered);
            report.map(|report| (weight(&report), Arc::new(report)))
        } else {
            // An error's own destructor may panic.
            drop_catching(captured);
            Err(Outcome::QueueFull)
        };
        let now = Instant::now();
        // Each keeps it before anybody may hold that up.
        let is_kept = |track: &Arc<Track>| match &made {
            Ok((_, report)) => is_urgent && track.keep(report),
            Err(_) => false,
        };
        let kept: Vec<bool> = self.lanes.iter().map(is_kept).collect();
        let mut dropped = Vec::new();
        let handover = self.hand_over();
        for (track, is_kept) in self.lanes.iter().zip(kept) {
            let mut lane = track.lock();
            let settled = match &made {
                Ok(_) if is_kept => {
                    lane.keeps_now(now);
                    track.wake_resume.notify_one();
                    Some(Settled {
                        id,
                        outcome: Outcome::Spooled,
                        ticket: ticket.clone(),
                    })
                }
                Ok((weight, report)) => {
                    let report = Arc::clone(report);
                    lane.offer(Entry::new(report, number, *weight, ticket.clone(), now))
                }
                Err(outcome) => {
                    lane.tally.add(*outcome);
                    let ticket = ticket.clone();
                    Some(Settled {
                        id,
                        outcome: *outcome,
                        ticket,
                    })
                }
            };
            drop(lane);
            match settled {
                Some(settled) => dropped.push((track, settled)),
                None => track.wake.notify_one(),
            }
        }
        self.queue.lock().in_hand = None;
        drop(handover);
        for (track, settled) in dropped {
            self.tell(track, vec![settled]);
        }
    }

    /// Tells what was settled, to whom it may concern.
    pub(super) fn tell(&self, track: &Track, settled: Vec<Settled>) {
        for Settled {
            id,
            outcome,
            ticket,
        } in settled
        {
            if let Some(ticket) = ticket {
                ticket.stamp(outcome);
            }
            self.listeners.tell(&OutcomeEvent {
                outcome,
                report_id: id,
                reporter: Some(&track.name),
            });
        }
        self.wake_waiting();
    }

    /// Has those who wait for the end of what has entered look again.
    fn wake_waiting(&self) {
        self.settled.notify_waiters();
        drop(self.settled_blocking.0.lock());
        self.settled_blocking.1.notify_all();
    }

    /// Lets nothing in any more; what is in has until the deadline.
    pub(super) fn close(self: &Arc<Self>, deadline: Instant) {
        for track in &self.lanes {
            track.lock().give_up_at(deadline);
        }
        self.queue.close();
        if self.works.load(Ordering::Acquire) || !self.queue.lock().is_empty() {
            self.start();
        } else {
            self.end_lanes();
        }
        for track in &self.lanes {
            track.wake.notify_one();
            track.wake_resume.notify_one();
        }
    }

    /// Tells the lanes that nothing comes any more.
    pub(super) fn end_lanes(&self) {
        for track in &self.lanes {
            track.lock().end();
            track.wake.notify_one();
            track.wake_resume.notify_one();
        }
    }

    pub(super) fn hand_over(&self) -> MutexGuard<'_, ()> {
        self.handover.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Drops everything that is left.
    pub(super) fn abandon(&self) {
        let handover = self.hand_over();
        let items = self.queue.lock().take();
        for track in &self.lanes {
            let mut lane = track.lock();
            for _ in &items {
                lane.tally.add(Outcome::ShutDown);
            }
        }
        drop(handover);
        for track in &self.lanes {
            let ended = items.iter().map(|item| Settled {
                id: item.captured.failure.id(),
                outcome: Outcome::ShutDown,
                ticket: None,
            });
            let mut settled: Vec<Settled> = ended.collect();
            settled.extend(track.lock().abandon());
            self.tell(track, settled);
        }
        for item in items {
            if let Some(ticket) = item.ticket {
                ticket.expect(1);
                ticket.stamp(Outcome::ShutDown);
            }
        }
    }
}

/// The bytes of a report as JSON, which is about what it takes.
fn weight(report: &Report) -> usize {
    struct Counter(usize);
    impl std::io::Write for Counter {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut counter = Counter(size_of::<Report>());
    // Whatever can't be written has no weight.
    let _ = serde_json::to_writer(&mut counter, report);
    counter.0
}
