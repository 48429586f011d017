//! The state of the current thread that decides how a panic on it is handled.

use std::cell::Cell;

thread_local! {
    /// Plain cells: without a destructor they can still be read while the thread's other locals are destroyed, and
    /// reading them needs no check.
    pub(super) static THREAD: ThreadState = const {
        ThreadState {
            catch_depth: Cell::new(0),
            flags: Cell::new(0),
        }
    };
}

pub(super) struct ThreadState {
    /// A [`CatchDepth`](super::depth::CatchDepth).
    pub(super) catch_depth: Cell<u64>,
    /// The [`ThreadFlag`]s that are set.
    flags: Cell<u8>,
}

/// One fact about the current thread.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ThreadFlag {
    /// It runs panic hooks, and Backstop's has recorded the panic.
    RunsHooks = 1,
    /// A panic on it may end the process.
    MayEndProcess = 2,
    /// It reports the panics of other threads.
    ReportsPanics = 4,
    /// It works for a pipeline, so what fails on it is not reported.
    WorksForPipeline = 8,
}

/// Keeps a flag set while it lives.
#[derive(Debug)]
#[must_use = "the flag is set only while the guard lives"]
pub(crate) struct FlagGuard {
    flag: ThreadFlag,
    was_set: bool,
}

impl ThreadFlag {
    pub(crate) fn is_set(self) -> bool {
        THREAD.with(|thread| thread.flags.get() & self as u8 != 0)
    }

    pub(crate) fn set(self) -> FlagGuard {
        let was_set = self.is_set();
        THREAD.with(|thread| thread.flags.set(thread.flags.get() | self as u8));
        FlagGuard {
            flag: self,
            was_set,
        }
    }
}

impl Drop for FlagGuard {
    fn drop(&mut self) {
        if !self.was_set {
            let mask = !(self.flag as u8);
            THREAD.with(|thread| thread.flags.set(thread.flags.get() & mask));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_set_until_the_outermost_of_its_guards_is_dropped() {
        let outer = ThreadFlag::MayEndProcess.set();
        drop(ThreadFlag::MayEndProcess.set());
        assert!(ThreadFlag::MayEndProcess.is_set());
        assert!(!ThreadFlag::RunsHooks.is_set() && !ThreadFlag::ReportsPanics.is_set());
        drop(outer);
        assert!(!ThreadFlag::MayEndProcess.is_set());
    }
}
