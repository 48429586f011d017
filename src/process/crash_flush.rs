//! Delivers reports in a process that is about to end because of a panic: pending reports get a moment to be delivered,
//! and those on disk are handed over to a child.
//!
//! The panicking thread only waits, for at most the crash timeout. The work happens on threads that were started
//! before, so that whatever they run into, such as a lock that the panicking thread holds or a disk that hangs, costs
//! no more than that time.

use std::process::Child;

use tokio::time::Instant;

use super::crash_child;
use crate::pipeline;
use crate::pipeline::Pipelines;

/// One flush, driven by [`poll`](Self::poll).
pub(super) struct CrashFlush {
    pipelines: Pipelines,
    /// When the reports on disk are handed over to a child.
    deadline: Instant,
    step: Step,
}

enum Step {
    /// The pipelines deliver.
    Delivering,
    /// A child delivers what they could not.
    WaitingForChild(Child),
    Done,
}

impl CrashFlush {
    pub(super) fn new() -> Self {
        // The last quarter of the time belongs to the child.
        let time = pipeline::crash_timeout().mul_f64(0.75);
        Self {
            pipelines: Pipelines::of_process(),
            deadline: Instant::now() + time,
            step: Step::Delivering,
        }
    }

    /// Makes progress, and returns whether the flush is done.
    pub(super) fn poll(&mut self) -> bool {
        match &mut self.step {
            Step::Delivering => {
                if Instant::now() < self.deadline && !self.pipelines.are_settled(self.deadline) {
                    return false;
                }
                self.step = self.hand_over().map_or(Step::Done, Step::WaitingForChild);
            }
            Step::WaitingForChild(child) => {
                if !matches!(child.try_wait(), Ok(None)) {
                    self.step = Step::Done;
                }
            }
            Step::Done => {}
        }
        matches!(self.step, Step::Done)
    }

    /// Hands the reports on disk over to a child, if one may be started.
    fn hand_over(&self) -> Option<Child> {
        if !crash_child::may_start() || self.pipelines.spooled() == 0 {
            return None;
        }
        // Before the child starts, because it only takes over parts that no process has locked.
        self.pipelines.leave_disk();
        crash_child::start()
    }
}
