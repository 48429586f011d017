//! What is done in a process that a panic ends: reports that are on their way get a moment to arrive, what is on disk
//! is left to a child, and then it ends as it would have.
//!
//! Who panics only waits, and never for longer than the setting says; the work is done on threads that were there
//! before, so that whatever they meet (a lock that the panicking thread holds, a disk that hangs) costs that time at
//! the most.

use std::cell::Cell;
use std::process::Child;

use tokio::time::Instant;

use super::crash_child;
use crate::pipeline;
use crate::pipeline::Pipelines;

thread_local! {
    static MAY_END: Cell<bool> = const { Cell::new(false) };
}

/// While this lives, a panic on this thread ends the process, unless the application catches it.
#[must_use = "it counts as long as it lives"]
pub(super) struct MayEnd(bool);

impl MayEnd {
    pub(super) fn enter() -> Self {
        Self(MAY_END.replace(true))
    }
}

impl Drop for MayEnd {
    fn drop(&mut self) {
        MAY_END.set(self.0);
    }
}

/// Whether a panic on this thread may end the process.
pub(super) fn may_end() -> bool {
    MAY_END.try_with(Cell::get).unwrap_or_default()
}

/// One last chance, on its thread.
pub(super) struct Chance {
    pipelines: Pipelines,
    /// When what is on disk is left to a child.
    deadline: Instant,
    step: Step,
}

enum Step {
    /// Reports arrive by the threads that there are.
    Delivering,
    /// A child delivers what they could not.
    Waiting(Child),
    Over,
}

impl Chance {
    pub(super) fn new() -> Self {
        // The last quarter is the child's.
        let time = pipeline::crash_timeout().mul_f64(0.75);
        Self {
            pipelines: Pipelines::of_process(),
            deadline: Instant::now() + time,
            step: Step::Delivering,
        }
    }

    /// Whether there is nothing more to wait for; to be asked again and again until then.
    pub(super) fn is_over(&mut self) -> bool {
        match &mut self.step {
            Step::Delivering => {
                if Instant::now() < self.deadline && !self.pipelines.are_settled(self.deadline) {
                    return false;
                }
                self.step = self.hand_over().map_or(Step::Over, Step::Waiting);
            }
            Step::Waiting(child) => {
                if !matches!(child.try_wait(), Ok(None)) {
                    self.step = Step::Over;
                }
            }
            Step::Over => {}
        }
        matches!(self.step, Step::Over)
    }

    /// Leaves what is on disk to a child, if there may be one.
    fn hand_over(&self) -> Option<Child> {
        if !crash_child::may_start() || self.pipelines.spooled() == 0 {
            return None;
        }
        // Before it starts, for it takes over only what nobody holds.
        self.pipelines.leave_disk();
        crash_child::start()
    }
}
