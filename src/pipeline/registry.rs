//! All pipelines of the process, for what concerns it as a whole: its crash, and the child that delivers after one.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::time::Instant;

use super::core::Core;
use super::settings::Executor;

/// Held for a look only, never while anything is called.
static ALL: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

struct Entry {
    core: Weak<Core>,
    crash_timeout: Duration,
}

/// Every pipeline that lives.
#[derive(Debug)]
pub(crate) struct Pipelines(Vec<Arc<Core>>);

pub(super) fn insert(core: &Arc<Core>) {
    let mut all = all();
    all.retain(|entry| entry.core.strong_count() > 0);
    all.push(Entry {
        core: Arc::downgrade(core),
        crash_timeout: core.crash_timeout,
    });
}

/// For how long a panic may hold up the end of the process: what the most patient one says. For a hook, so no handle
/// is taken whose drop could be the last.
pub(crate) fn crash_timeout() -> Duration {
    let all = all();
    let live = all.iter().filter(|entry| entry.core.strong_count() > 0);
    let timeouts = live.map(|entry| entry.crash_timeout);
    timeouts.max().unwrap_or_default()
}

impl Pipelines {
    pub(crate) fn of_process() -> Self {
        let all = all();
        // What runs on somebody's runtime does not get on while that waits.
        let own = all.iter().filter_map(|entry| entry.core.upgrade());
        Self(own.filter(|core| core.place == Executor::Threads).collect())
    }

    /// Whether nothing can get on before the deadline.
    pub(crate) fn are_settled(&self, deadline: Instant) -> bool {
        !self.0.iter().any(|core| core.moves(deadline))
    }

    pub(crate) fn wait_blocking(&self, longest: Duration) {
        let deadline = Instant::now() + longest;
        for core in &self.0 {
            core.wait_blocking(deadline.saturating_duration_since(Instant::now()));
        }
    }

    /// Whether any of their reporters keeps reports.
    pub(crate) fn can_keep(&self) -> bool {
        let tracks = self.0.iter().flat_map(|core| &core.lanes);
        tracks
            .into_iter()
            .any(|track| track.reporter.keeper().is_some())
    }

    /// How many reports they keep.
    pub(crate) fn kept(&self) -> u64 {
        self.0.iter().map(|core| core.remaining().spooled).sum()
    }

    /// Leaves what they keep to another process, for good.
    pub(crate) fn leave(&self) {
        for track in self.0.iter().flat_map(|core| &core.lanes) {
            if let Some(keeper) = track.reporter.keeper() {
                crate::panics::catch::catch_panic(|| keeper.leave());
            }
        }
    }
}

fn all() -> MutexGuard<'static, Vec<Entry>> {
    ALL.lock().unwrap_or_else(PoisonError::into_inner)
}
