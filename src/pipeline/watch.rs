//! The pipeline seen from outside: its counts, and the wait for its end.

use std::sync::PoisonError;
use std::time::Duration;

use tokio::time::Instant;

use super::core::Core;
use super::stats::{Remaining, ReporterStats, Stats};
use crate::report::outcome::Outcome;

impl Core {
    pub(super) fn stats(&self) -> Stats {
        let _handover = self.hand_over();
        let (entered, waiting) = {
            let queue = self.queue.lock();
            (queue.entered, queue.len())
        };
        let shared = self.dropped.snapshot();
        let dropped: u64 = Outcome::DROPS
            .iter()
            .map(|reason| shared.get(*reason))
            .sum();
        let reporters = self.lanes.iter().map(|track| {
            let lane = track.lock();
            ReporterStats {
                name: track.name.clone(),
                captured: dropped + entered,
                recovered: lane.recovered,
                queued: (waiting + lane.len() as u64).saturating_add_signed(lane.spooled.min(0)),
                spooled: lane.spooled.max(0).unsigned_abs(),
                shared,
                own: lane.tally,
            }
        });
        Stats {
            reporters: reporters.collect(),
        }
    }

    pub(super) fn remaining(&self) -> Remaining {
        let mut remaining = Remaining::default();
        for stats in self.stats().reporters {
            remaining.queued += stats.queued;
            remaining.spooled += stats.spooled;
        }
        remaining
    }

    /// Waits until what has entered so far is settled, or as far as it can be before the deadline.
    pub(super) async fn wait(&self, deadline: Instant) {
        let entered = self.queue.lock().entered;
        loop {
            let mut settled = std::pin::pin!(self.settled.notified());
            settled.as_mut().enable();
            let moves = self.moves_any_of(entered, deadline);
            if !moves || tokio::time::timeout_at(deadline, settled).await.is_err() {
                return;
            }
        }
    }

    /// The same for a thread.
    pub(super) fn wait_blocking(&self, longest: Duration) {
        let deadline = Instant::now() + longest;
        let entered = self.queue.lock().entered;
        let (lock, condvar) = &self.settled_blocking;
        let mut guard = lock.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || !self.moves_any_of(entered, deadline) {
                return;
            }
            let woken = condvar.wait_timeout(guard, left);
            guard = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Whether anything that has entered is on its way and can get on before the deadline.
    pub(super) fn moves(&self, deadline: Instant) -> bool {
        let entered = self.queue.lock().entered;
        self.moves_any_of(entered, deadline)
    }

    fn moves_any_of(&self, entered: u64, deadline: Instant) -> bool {
        // A lane may settle a report while the worker still has it in its hands, and tells of it only once: who
        // looks then waits here until the worker has let go.
        let _handover = self.hand_over();
        let now = Instant::now();
        self.queue.lock().holds_any_of(entered)
            || self
                .lanes
                .iter()
                .any(|track| track.lock().moves_any_of(entered, now, deadline))
    }
}
