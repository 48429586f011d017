//! What the current thread is doing, where a panic on it matters for the process.

use std::cell::Cell;

/// One fact about the current thread.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ThreadFlag {
    /// It runs panic hooks, and Backstop's has recorded the panic.
    RunsHooks = 1,
    /// A panic on it may end the process.
    MayEndProcess = 2,
    /// It reports the panics of other threads.
    ReportsPanics = 4,
}

/// Sets a flag as long as this lives.
#[derive(Debug)]
#[must_use = "the flag is set only while the guard lives"]
pub(crate) struct FlagGuard {
    flag: ThreadFlag,
    was_set: bool,
}

thread_local! {
    static FLAGS: Cell<u8> = const { Cell::new(0) };
}

impl ThreadFlag {
    pub(crate) fn is_set(self) -> bool {
        FLAGS.with(|flags| flags.get() & self as u8 != 0)
    }

    pub(crate) fn set(self) -> FlagGuard {
        let was_set = self.is_set();
        FLAGS.with(|flags| flags.set(flags.get() | self as u8));
        FlagGuard {
            flag: self,
            was_set,
        }
    }
}

impl Drop for FlagGuard {
    fn drop(&mut self) {
        if !self.was_set {
            FLAGS.with(|flags| flags.set(flags.get() & !(self.flag as u8)));
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
