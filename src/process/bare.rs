//! The thread that tells of panics which nobody catches: their hook may not, for that calls the application. It is
//! also the one that gives a process that ends its last chance.

use std::cell::Cell;
use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use super::last_chance::Chance;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::pipeline;
use crate::report::dispatch::count_unreported;
use crate::scope::{UncaughtPanic, panic_noted, panic_reported};

/// Panics that wait to be told.
const MAX_WAITING: usize = 256;
/// How often it looks whether a last chance was taken.
const LOOK: Duration = Duration::from_millis(2);

/// Held for a move only, never while anything is called.
static STATE: Mutex<State> = Mutex::new(State {
    panics: VecDeque::new(),
    is_telling: false,
    runs: false,
    asked: 0,
    taken: 0,
});
/// A panic came, or somebody asks for a last chance.
static CAME: Condvar = Condvar::new();
/// A panic was told, or a last chance taken.
static DONE: Condvar = Condvar::new();

struct State {
    panics: VecDeque<UncaughtPanic>,
    is_telling: bool,
    runs: bool,
    /// How often somebody asked for a last chance, and how many of these are over.
    asked: u64,
    taken: u64,
}

thread_local! {
    static IS_THIS: Cell<bool> = const { Cell::new(false) };
}

/// Starts the thread, once in the process; it waits for panics from then on. Without it, where the system has no
/// thread to give, they are counted as unreported_count once there are too many.
pub(super) fn start() {
    static START: Once = Once::new();
    START.call_once(|| {
        state().panics.reserve(MAX_WAITING);
        let thread = std::thread::Builder::new().name("backstop-panics".to_owned());
        let runs = thread.spawn(run).is_ok();
        state().runs = runs;
    });
}

/// Hands a panic over, in its hook.
pub(super) fn push(uncaught: UncaughtPanic) {
    let mut state = state();
    if state.panics.len() < MAX_WAITING {
        state.panics.push_back(uncaught);
        panic_noted();
        drop(state);
        CAME.notify_one();
    } else {
        drop(state);
        count_unreported();
    }
}

/// Waits until all panics so far are told, but no longer than this.
pub(super) fn wait_until_told(longest: Duration) {
    wait(state(), longest, |state| {
        state.panics.is_empty() && !state.is_telling
    });
}

/// Waits, in a process that ends, until all panics so far are told and what was reported has had its last chance, in
/// a hook too, but no longer than the setting says.
pub(super) fn take_last_chance() {
    let longest = pipeline::crash_timeout();
    // Nothing waits where nobody reports.
    if longest.is_zero() {
        return;
    }
    let mut state = state();
    state.asked += 1;
    let number = state.asked;
    CAME.notify_one();
    wait(state, longest, |state| state.taken >= number);
}

fn wait(mut state: MutexGuard<'_, State>, longest: Duration, is_done: impl Fn(&State) -> bool) {
    // It can't wait for itself.
    if !state.runs || IS_THIS.try_with(Cell::get).unwrap_or(true) {
        return;
    }
    let start = Instant::now();
    while !is_done(&state) {
        let left = longest.saturating_sub(start.elapsed());
        if left.is_zero() {
            return;
        }
        let woken = DONE.wait_timeout(state, left);
        state = woken.unwrap_or_else(PoisonError::into_inner).0;
    }
}

fn run() {
    let _ = IS_THIS.try_with(|it| it.set(true));
    let mut chance: Option<Chance> = None;
    loop {
        let mut state = state();
        if let Some(uncaught) = state.panics.pop_front() {
            state.is_telling = true;
            drop(state);
            // Destructors of the application's may be in here too.
            catch_panic(|| uncaught.report());
            panic_reported();
            self::state().is_telling = false;
            DONE.notify_all();
            continue;
        }
        let asked = state.asked;
        if asked == state.taken {
            drop(CAME.wait(state));
            continue;
        }
        drop(state);
        // Others may panic meanwhile, whose last chance this is too.
        let chance_now = chance.get_or_insert_with(Chance::new);
        let is_over = catch_panic(|| chance_now.is_over()).unwrap_or(true);
        let mut state = self::state();
        if is_over && state.panics.is_empty() {
            state.taken = asked;
            drop(state);
            DONE.notify_all();
            // Reporters of the application's may go with it.
            drop_catching(chance.take());
        } else if state.panics.is_empty() {
            drop(CAME.wait_timeout(state, LOOK));
        }
    }
}

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}
