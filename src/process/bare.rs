//! The thread that tells of panics which nobody catches: their hook may not, for that calls the application.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};

use crate::report::{Uncaught, count_unheard};

/// Panics that wait to be told.
const MAX_WAITING: usize = 256;

/// Held for a move only, never while anything is called.
static WAITING: Mutex<VecDeque<Uncaught>> = Mutex::new(VecDeque::new());
static CAME: Condvar = Condvar::new();

/// Starts the thread, once in the process; it waits for panics from then on. Without it, where the system has no
/// thread to give, they are counted as unheard once there are too many.
pub(super) fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        waiting().reserve(MAX_WAITING);
        let thread = std::thread::Builder::new().name("backstop-panics".to_owned());
        let _ = thread.spawn(run);
    });
}

/// Hands a panic over, in its hook.
pub(super) fn push(uncaught: Uncaught) {
    let mut waiting = waiting();
    if waiting.len() < MAX_WAITING {
        waiting.push_back(uncaught);
        drop(waiting);
        CAME.notify_one();
    } else {
        drop(waiting);
        count_unheard();
    }
}

fn run() {
    loop {
        let mut waiting = waiting();
        let uncaught = loop {
            if let Some(uncaught) = waiting.pop_front() {
                break uncaught;
            }
            waiting = CAME.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        };
        drop(waiting);
        // Destructors of the application's may be in here too.
        crate::error::caught(|| uncaught.tell());
    }
}

fn waiting() -> MutexGuard<'static, VecDeque<Uncaught>> {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}
