//! The parts of a pipeline that its handle and its threads share.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::admission::Admission;
use super::announcer::Announcer;
use super::delivery_waiter::DeliveryWaiter;
use super::queue::Queue;
use super::recursion;
use super::reporter_state::{ReporterState, SharedSettings};
use super::settings::{Executor, InvalidSetting, Settings};
use super::stats::{Remaining, ReporterStats, Stats};
use super::threads::Runner;
use crate::disclosure::Redactor;
use crate::panics::catch::drop_catching;
use crate::report::event::Event;
use crate::report::outcome::Outcome;
use crate::symbols::Symbolizer;

#[derive(Debug)]
pub(super) struct PipelineState {
    admission: Admission,
    pub(super) queue: Queue,
    pub(super) reporters: Vec<Arc<ReporterState>>,
    /// Held while a report moves from the queue to the backlogs, and while reports are counted, so that each is counted
    /// exactly once. Requests only ever take the queue's lock, which is never held while waiting for another one.
    handover: Mutex<()>,
    pub(super) announcer: Arc<Announcer>,
    pub(super) redactor: Redactor,
    pub(super) symbolizer: Arc<Symbolizer>,
    pub(super) executor: Executor,
    pub(super) crash_timeout: Duration,
    /// Runs the worker.
    pub(super) runner: Runner,
}

impl PipelineState {
    /// Opens the spools.
    ///
    /// # Errors
    ///
    /// The spool that cannot be opened, and why.
    pub(super) fn new(settings: Settings) -> Result<Self, InvalidSetting> {
        let admission = Admission::new(&settings);
        let announcer = Arc::new(Announcer::new(settings.listeners));
        let shared = SharedSettings {
            queue: settings.queue,
            seed: settings.seed,
            executor: settings.executor,
            announcer: Arc::clone(&announcer),
        };
        let mut reporters = Vec::with_capacity(settings.reporters.len());
        let mut spools = HashSet::new();
        for configured in settings.reporters {
            let reporter = ReporterState::new(configured, &shared)?;
            if let Some(spool) = reporter.spool_identity()
                && !spools.insert(spool)
            {
                return Err(InvalidSetting::shared_spool(&reporter.name));
            }
            reporters.push(Arc::new(reporter));
        }
        let symbolizer = Symbolizer::new(settings.symbols, settings.redactor.clone());
        Ok(Self {
            admission,
            queue: Queue::new(settings.queue),
            reporters,
            handover: Mutex::default(),
            announcer,
            redactor: settings.redactor,
            symbolizer: Arc::new(symbolizer),
            executor: settings.executor,
            crash_timeout: settings.crash_timeout,
            runner: Runner::default(),
        })
    }

    /// Queues an event, or counts and announces why it is dropped. Returns whether it was queued. This is all that the
    /// pipeline does on the request path.
    pub(super) fn admit(&self, event: Box<Event>, waiter: Option<&Arc<DeliveryWaiter>>) -> bool {
        let id = event.id();
        let admitted = if recursion::is_working() {
            Err(Outcome::Recursive)
        } else {
            self.admission.admit(&event)
        };
        let queued =
            admitted.and_then(|suppressed| self.queue.push(event, suppressed, waiter.cloned()));
        match queued {
            Ok(()) => true,
            Err(outcome) => {
                self.announcer.refuse(id, outcome, waiter);
                false
            }
        }
    }

    pub(super) fn hand_over(&self) -> MutexGuard<'_, ()> {
        self.handover.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signals to the reporters that no more reports will come.
    pub(super) fn end_reporters(&self) {
        for reporter in &self.reporters {
            reporter.backlog().end();
            reporter.wake.notify_one();
        }
    }

    /// Releases, in a process that was forked off, what it has inherited of the parts of its parent's spools. As long as
    /// it is open here, too, no process would take it over when the parent has ended.
    pub(super) fn leave_to_parent(&self) {
        for reporter in &self.reporters {
            reporter.leave_to_parent();
        }
    }

    /// Drops every report in memory, and leaves those on disk to other processes.
    pub(super) fn abandon(&self) {
        let handover = self.hand_over();
        let items = self.queue.lock().take();
        let mut dropped = Vec::with_capacity(self.reporters.len());
        for reporter in &self.reporters {
            let mut backlog = reporter.backlog();
            let mut completions = backlog.abandon().completions;
            for item in &items {
                completions.push(backlog.refuse(item.event.id(), Outcome::ShutDown, None));
            }
            dropped.push(completions);
        }
        drop(handover);
        for (reporter, completions) in self.reporters.iter().zip(dropped) {
            self.announcer.announce(&reporter.name, completions);
            reporter.leave_disk();
        }
        for waiter in items.iter().filter_map(|item| item.waiter.as_ref()) {
            waiter.expect(1);
            waiter.complete(Outcome::ShutDown);
        }
        // An error's own destructor may panic.
        drop_catching(items);
    }

    pub(super) fn stats(&self) -> Stats {
        let _handover = self.hand_over();
        let (entered, waiting) = {
            let queue = self.queue.lock();
            (queue.entered, queue.len())
        };
        let shared = self.announcer.refused.snapshot();
        let stats = |reporter: &Arc<ReporterState>| {
            let backlog = reporter.backlog();
            ReporterStats {
                name: reporter.name.clone(),
                captured: shared.dropped() + entered,
                recovered: backlog.recovered(),
                queued: waiting + backlog.queued() as u64,
                spooled: backlog.spooled() as u64,
                shared,
                own: backlog.counters(),
            }
        };
        Stats {
            reporters: self.reporters.iter().map(stats).collect(),
            ..Stats::default()
        }
    }

    pub(super) fn remaining(&self) -> Remaining {
        let mut remaining = Remaining::default();
        for stats in self.stats().reporters {
            remaining.queued += stats.queued();
            remaining.spooled += stats.spooled();
        }
        remaining
    }

    /// How many reports were dropped because the pipeline was closed, summed over the reporters.
    pub(super) fn shut_down(&self) -> u64 {
        let mut reports = 0;
        for reporter in &self.reporters {
            reports += reporter.backlog().counters().get(Outcome::ShutDown);
        }
        reports
    }

    /// Waits until every report queued so far is done, or none of them can make progress before the deadline.
    pub(super) async fn settled(&self, deadline: Instant) {
        let entered = self.queue.lock().entered;
        let is_settled = || !self.moves_any_of(entered, deadline);
        self.announcer.progress.until(is_settled).await;
    }

    /// Whether any report can make progress before the deadline.
    pub(super) fn moves(&self, deadline: Instant) -> bool {
        let entered = self.queue.lock().entered;
        self.moves_any_of(entered, deadline)
    }

    fn moves_any_of(&self, entered: u64, deadline: Instant) -> bool {
        // A reporter may finish a report, and announce that once, while the worker still hands the report to the other
        // reporters. A check in between would miss the announcement, so it waits for the handover.
        let _handover = self.hand_over();
        let now = self.executor.now();
        let moves = |reporter: &Arc<ReporterState>| {
            let backlog = reporter.backlog();
            backlog.moves_any_of(entered, now, deadline)
        };
        self.queue.lock().holds_any_of(entered) || self.reporters.iter().any(moves)
    }
}
