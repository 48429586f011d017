//! All pipelines of the process, for what concerns every one of them: a crash, and the child that delivers after it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::pipeline_state::PipelineState;
use super::reporter_state::ReporterState;
use super::settings::Executor;
use super::wait::block_until;

/// Held for a lookup only, never while other code is called.
static ALL: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

struct Entry {
    state: Weak<PipelineState>,
    /// A process that was forked off inherits the entries of its parent.
    process: u32,
    crash_timeout: Duration,
}

/// The pipelines that run on threads of their own; they are kept alive.
#[derive(Debug)]
pub(crate) struct Pipelines(Vec<Arc<PipelineState>>);

pub(super) fn insert(state: &Arc<PipelineState>) {
    let mut all = all();
    all.retain(|entry| entry.state.strong_count() > 0);
    all.push(Entry {
        state: Arc::downgrade(state),
        process: std::process::id(),
        crash_timeout: state.crash_timeout,
    });
}

/// How long a panic may delay the end of the process: the longest setting of all pipelines. Panic hooks call this, so
/// no pipeline is upgraded: the handle might be the last one, and would then be dropped in the hook.
pub(crate) fn crash_timeout() -> Duration {
    let all = all();
    let live = own(&all).filter(|entry| entry.state.strong_count() > 0);
    let timeouts = live.map(|entry| entry.crash_timeout);
    timeouts.max().unwrap_or_default()
}

impl Pipelines {
    pub(crate) fn of_process() -> Self {
        let all = all();
        // A pipeline on the application's runtime makes no progress while that runtime is blocked.
        let live = own(&all).filter_map(|entry| entry.state.upgrade());
        let own = live.filter(|state| state.executor == Executor::Threads);
        Self(own.collect())
    }

    /// Whether no report can make progress before the deadline.
    pub(crate) fn are_settled(&self, deadline: Instant) -> bool {
        !self.0.iter().any(|state| state.moves(deadline))
    }

    /// Blocks until no report can make progress before the timeout.
    pub(crate) fn wait_blocking(&self, timeout: Duration) {
        let deadline = Executor::Threads.now() + timeout;
        for state in &self.0 {
            block_until(deadline, state.settled(deadline));
        }
    }

    /// Whether a reporter has a spool.
    pub(crate) fn have_spools(&self) -> bool {
        self.reporters().any(|reporter| reporter.has_spool())
    }

    /// How many reports are on disk.
    pub(crate) fn spooled(&self) -> u64 {
        self.0.iter().map(|state| state.remaining().spooled).sum()
    }

    /// Leaves what is on disk to another process, for good.
    pub(crate) fn leave_disk(&self) {
        for reporter in self.reporters() {
            reporter.leave_disk();
        }
    }

    fn reporters(&self) -> impl Iterator<Item = &Arc<ReporterState>> {
        self.0.iter().flat_map(|state| &state.reporters)
    }
}

/// The pipelines of this process.
fn own(all: &[Entry]) -> impl Iterator<Item = &Entry> {
    let process = std::process::id();
    all.iter().filter(move |entry| entry.process == process)
}

fn all() -> MutexGuard<'static, Vec<Entry>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}
