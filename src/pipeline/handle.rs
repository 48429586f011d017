//! The handle of a pipeline.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task;
use tokio::time::Instant;
use uuid::Uuid;

use super::delivery_waiter::DeliveryWaiter;
use super::pipeline_state::PipelineState;
use super::settings::{Executor, InvalidSetting, Settings};
use super::stats::{Remaining, Stats};
use super::wait::{block_until, with_deadline};
use super::{recursion, registry, reporter_worker, worker};
use crate::panics::thread::ThreadFlag;
use crate::report::dispatch::EventSink;
use crate::report::event::Event;
use crate::report::outcome::Outcome;
use crate::scope::all_panics_reported;

/// Captures failures and delivers reports, until the last handle is dropped.
///
/// Where the thread [may block](may_block), dropping the last handle waits for at most two seconds while pending reports
/// are delivered. Elsewhere the pipeline's threads deliver what they can within the same time, if the process lives that
/// long. [`close`](Self::close) waits in either case.
///
/// A process that was forked off has none of the threads, and its memory is a copy: what it has captured itself goes
/// through a pipeline of its own, which starts empty, with a part of the spool of its own. What the parent had captured
/// is the parent's.
#[derive(Debug)]
pub(crate) struct Pipeline {
    settings: Settings,
    state: Arc<PipelineState>,
    /// The process whose pipeline `state` is.
    process: u32,
    /// The pipeline of a process that was forked off from that one.
    after_fork: OnceLock<Box<Self>>,
}

/// How long reports may still be delivered after the last handle is dropped.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// How long a new process waits to deliver the reports of one that died during startup.
const FIRST_WAIT: Duration = Duration::from_secs(2);

impl Pipeline {
    /// Checks the settings, and starts to deliver what earlier processes left on disk. If one of them died during
    /// startup, this process may too, so the call waits for a moment until those reports are delivered. Returns `None`
    /// if there is no reporter.
    ///
    /// # Errors
    ///
    /// The setting that is invalid, and why.
    pub(crate) fn build(settings: Settings) -> Result<Option<Self>, InvalidSetting> {
        settings.check()?;
        let (pipeline, died_at_start) = Self::start(settings)?;
        let state = &pipeline.state;
        if state.reporters.is_empty() {
            return Ok(None);
        }
        if died_at_start && state.executor == Executor::Threads {
            let deadline = state.executor.now() + FIRST_WAIT;
            block_until(deadline, state.settled(deadline));
        }
        Ok(Some(pipeline))
    }

    /// Starts a pipeline; returns whether an earlier process died during startup, too.
    fn start(mut settings: Settings) -> Result<(Self, bool), InvalidSetting> {
        // A process that was forked off may have another current directory.
        settings.make_paths_absolute();
        let state = Arc::new(PipelineState::new(settings.clone())?);
        registry::insert(&state);
        let mut died_at_start = false;
        for reporter in &state.reporters {
            died_at_start |= reporter.adopt();
            // A reporter with nothing to deliver gets its thread with the first report.
            if reporter.backlog().spooled() > 0 {
                reporter_worker::start(reporter);
            }
        }
        let pipeline = Self {
            settings,
            state,
            process: std::process::id(),
            after_fork: OnceLock::new(),
        };
        Ok((pipeline, died_at_start))
    }

    /// The state of this process.
    fn state(&self) -> &Arc<PipelineState> {
        if self.process == std::process::id() {
            return &self.state;
        }
        self.after_fork
            .get_or_init(|| Box::new(self.forked()))
            .state()
    }

    /// Starts the pipeline of this process, which was forked off. Where a spool cannot be opened, the backlog is kept in
    /// memory.
    #[cold]
    fn forked(&self) -> Self {
        self.state.leave_to_parent();
        let mut settings = self.settings.clone();
        let started = Self::start(settings.clone()).or_else(|error| {
            tracing::warn!(
                target: "backstop",
                error = error.message,
                "a process that was forked off cannot spool its reports and keeps them in memory"
            );
            for reporter in &mut settings.reporters {
                reporter.spool = None;
            }
            Self::start(settings)
        });
        match started {
            Ok((pipeline, _)) => pipeline,
            // Only a spool can make the settings invalid that were valid in the parent.
            Err(_) => Self {
                settings: self.settings.clone(),
                state: Arc::clone(&self.state),
                process: std::process::id(),
                after_fork: OnceLock::new(),
            },
        }
    }

    /// Like [`EventSink::capture`], with a waiter for the outcome.
    pub(crate) fn track(&self, event: Box<Event>) -> Arc<DeliveryWaiter> {
        let waiter = Arc::new(DeliveryWaiter::default());
        self.admit(event, Some(&waiter));
        waiter
    }

    pub(crate) fn stats(&self) -> Stats {
        self.state().stats()
    }

    /// Waits until everything captured so far is delivered or dropped, or until no report can make progress before the
    /// timeout.
    ///
    /// Needs no tokio runtime, neither as its executor nor for a timer.
    pub(crate) async fn flush(&self, timeout: Duration) -> Remaining {
        let deadline = self.after(timeout);
        with_deadline(self.settings.executor, deadline, self.flushed(deadline)).await;
        self.state().remaining()
    }

    /// Like [`flush`](Self::flush), on a thread that may block.
    pub(crate) fn flush_blocking(&self, timeout: Duration) -> Remaining {
        let deadline = self.after(timeout);
        self.block_until(deadline, self.flushed(deadline));
        self.state().remaining()
    }

    /// Stops capturing, delivers pending reports until the timeout, and then drops what is still in memory.
    pub(crate) async fn close(&self, timeout: Duration) -> Remaining {
        let (deadline, executor) = (self.after(timeout), self.settings.executor);
        with_deadline(executor, deadline, all_panics_reported()).await;
        let dropped_before = self.begin_to_close(deadline);
        with_deadline(executor, deadline, self.state().settled(deadline)).await;
        self.end_closing(dropped_before)
    }

    /// Like [`close`](Self::close), on a thread that may block.
    pub(crate) fn close_blocking(&self, timeout: Duration) -> Remaining {
        let deadline = self.after(timeout);
        self.block_until(deadline, all_panics_reported());
        let dropped_before = self.begin_to_close(deadline);
        self.block_until(deadline, self.state().settled(deadline));
        self.end_closing(dropped_before)
    }

    /// Where the thread may block, waits for at most two seconds until every panic that the hook has noted is captured.
    pub(crate) fn wait_for_panics(&self) {
        if self.may_block() {
            block_until(self.after(LAST_WAIT), all_panics_reported());
        }
    }

    fn may_block(&self) -> bool {
        self.settings.executor == Executor::Threads && !recursion::is_working() && may_block()
    }

    fn admit(&self, event: Box<Event>, waiter: Option<&Arc<DeliveryWaiter>>) {
        if self.state().admit(event, waiter) {
            worker::start(self.state());
        }
    }

    async fn flushed(&self, deadline: Instant) {
        all_panics_reported().await;
        worker::revive(self.state());
        self.state().settled(deadline).await;
    }

    /// Stops capturing, and returns how many reports earlier calls of `close` have dropped.
    fn begin_to_close(&self, deadline: Instant) -> u64 {
        let dropped_before = self.state().shut_down();
        worker::revive(self.state());
        worker::close(self.state(), deadline);
        dropped_before
    }

    fn end_closing(&self, dropped_before: u64) -> Remaining {
        self.state().abandon();
        Remaining {
            // Counted instead of asked, because the reporters may have reached the deadline and dropped reports first.
            queued: self.state().shut_down() - dropped_before,
            spooled: self.state().remaining().spooled,
        }
    }

    /// Blocks on the future, but polls it only once where the pipeline itself runs on this thread's runtime.
    fn block_until(&self, deadline: Instant, future: impl Future<Output = ()>) {
        let longest = match self.settings.executor {
            Executor::Threads => deadline,
            Executor::CurrentRuntime => Executor::Threads.now(),
        };
        block_until(longest, future);
    }

    fn after(&self, timeout: Duration) -> Instant {
        // Adding a longer duration to an instant may overflow.
        const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
        self.settings.executor.now() + timeout.min(YEAR)
    }
}

impl EventSink for Pipeline {
    fn capture(&self, event: Box<Event>) {
        self.admit(event, None);
    }

    fn refused(&self, id: Uuid, reason: Outcome) {
        self.state().announcer.refuse(id, reason, None);
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        if self.process != std::process::id() {
            // What is in here is the parent's; the pipeline of this process is dropped after it.
            return;
        }
        let deadline = self.after(LAST_WAIT);
        worker::revive(&self.state);
        worker::close(&self.state, deadline);
        if self.may_block() {
            block_until(deadline, self.state.settled(deadline));
            self.state.abandon();
        }
    }
}

/// Whether this thread may block: it drives no tokio runtime, or a panic unwinds the future of `block_on`, as in a
/// `main` with `#[tokio::main]`. What that runtime runs besides is about to be dropped.
fn may_block() -> bool {
    let is_root = || std::thread::panicking() && task::try_id().is_none();
    let may_block = Handle::try_current().is_err() || is_root();
    // That thread is what `wait_for_panics` waits for.
    may_block && !ThreadFlag::ReportsPanics.is_set()
}
