//! The thread that reports panics that no layer catches. The panic hook must not do so, because reporting runs code of
//! the application. In a process that ends because of a panic, the thread also runs the [`CrashFlush`].

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::crash_flush::CrashFlush;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::panics::thread::ThreadFlag;
use crate::pipeline;
use crate::report::dispatch::count_unreported;
use crate::scope::{UncaughtPanic, panic_noted, panic_reported};

/// How many panics may wait.
const MAX_WAITING: usize = 256;
/// How often a running flush is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Never held while code of the application runs.
static STATE: Mutex<State> = Mutex::new(State {
    panics: VecDeque::new(),
    process: 0,
    requested: 0,
    flushed: 0,
});
/// Signals a new panic or a request for a flush.
static WORK: Condvar = Condvar::new();
/// Signals that a flush is done.
static FLUSHED: Condvar = Condvar::new();

struct State {
    panics: VecDeque<UncaughtPanic>,
    /// The process in which the thread runs; 0 if it does not.
    process: u32,
    /// How many flushes were requested, and how many of them are done.
    requested: u64,
    flushed: u64,
}

/// Starts the thread once per process, so that it exists before the first panic. If it cannot be spawned, panics are
/// queued until the queue is full; further ones are counted as unreported.
pub(super) fn start() {
    state().start();
}

impl State {
    /// A process that was forked off has none of its parent's threads, and its parent reports the panics before.
    fn start(&mut self) {
        let process = std::process::id();
        if self.process == process {
            return;
        }
        self.panics.clear();
        self.panics.reserve(MAX_WAITING);
        self.flushed = self.requested;
        let thread = std::thread::Builder::new().name("backstop-panics".to_owned());
        if thread.spawn(run).is_ok() {
            self.process = process;
        }
    }

    fn is_running(&self) -> bool {
        self.process == std::process::id()
    }
}

/// Hands a panic over to the thread. Called in hooks.
pub(super) fn push(panic: UncaughtPanic) {
    let mut state = state();
    if state.process != 0 && !state.is_running() {
        // This is the first panic after a fork.
        state.start();
    }
    if state.panics.len() < MAX_WAITING {
        state.panics.push_back(panic);
        panic_noted();
        drop(state);
        WORK.notify_one();
    } else {
        drop(state);
        count_unreported();
    }
}

/// In a process that is about to end, waits for at most the crash timeout until all panics so far are reported and the
/// reports are flushed. Called in hooks too.
pub(super) fn flush_for_crash() {
    let timeout = pipeline::crash_timeout();
    // Without a reporter there is nothing to wait for, and the thread cannot wait for itself.
    if timeout.is_zero() || ThreadFlag::ReportsPanics.is_set() {
        return;
    }
    let start = Instant::now();
    let mut state = state();
    if !state.is_running() {
        return;
    }
    state.requested += 1;
    let number = state.requested;
    WORK.notify_one();
    while state.flushed < number {
        let left = timeout.saturating_sub(start.elapsed());
        if left.is_zero() {
            return;
        }
        let woken = FLUSHED.wait_timeout(state, left);
        state = woken.unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn run() {
    let _reporting = ThreadFlag::ReportsPanics.set();
    let mut flush: Option<CrashFlush> = None;
    loop {
        let mut state = state();
        if let Some(panic) = state.panics.pop_front() {
            drop(state);
            // Reporting may run destructors of the application.
            catch_panic(|| panic.report());
            panic_reported();
        } else if state.requested == state.flushed {
            drop(WORK.wait(state));
        } else {
            let requested = state.requested;
            drop(state);
            poll_flush(&mut flush, requested);
        }
    }
}

/// Polls the flush that was requested, and waits a moment if it is not done.
fn poll_flush(flush: &mut Option<CrashFlush>, requested: u64) {
    let current = flush.get_or_insert_with(CrashFlush::new);
    let is_done = catch_panic(|| current.poll()).unwrap_or(true);
    let mut state = state();
    // Other threads may have panicked in the meantime: those panics come first.
    if !state.panics.is_empty() {
        return;
    }
    if is_done {
        state.flushed = requested;
        drop(state);
        FLUSHED.notify_all();
        // This may drop the last handle to a reporter of the application.
        drop_catching(flush.take());
    } else {
        drop(WORK.wait_timeout(state, POLL_INTERVAL));
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
