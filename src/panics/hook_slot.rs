//! The place of Backstop's panic hook among the hooks of the process: another one may replace it at any time.

use std::panic::{self, PanicHookInfo};
use std::sync::{Mutex, PoisonError};

/// A panic hook, as `std` keeps it.
pub(crate) type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

static STATE: Mutex<State> = Mutex::new(State {
    installed: None,
    has_warned: false,
});

struct State {
    /// The address of the hook that was installed last.
    installed: Option<usize>,
    has_warned: bool,
}

/// Puts a hook around the current one, unless the current one was put there by this function.
pub(crate) fn install(wrap: impl FnOnce(Hook) -> Hook) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    let current = panic::take_hook();
    if state.installed == Some(address(&current)) {
        panic::set_hook(current);
        return;
    }
    let hook = wrap(current);
    state.installed = Some(address(&hook));
    state.has_warned = false;
    panic::set_hook(hook);
}

/// Warns once if another hook has taken the place of the installed one. Called where a panic was caught that no hook of
/// this crate has seen; those of `resume_unwind` run no hook at all.
#[cold]
pub(crate) fn warn_if_replaced() {
    // Whoever holds the lock is about to look at the hook, too.
    let Ok(mut state) = STATE.try_lock() else {
        return;
    };
    if state.has_warned || state.installed.is_none() || std::thread::panicking() {
        return;
    }
    let current = panic::take_hook();
    state.has_warned = state.installed != Some(address(&current));
    panic::set_hook(current);
    let warns = state.has_warned;
    drop(state);
    if warns {
        tracing::warn!(
            target: "backstop",
            "another panic hook has replaced Backstop's: panics of tasks and threads are not reported, and those of requests have no source location; call `install_panic_hook` after the other hook is set, or `panic_recorder` in it"
        );
    }
}

fn address(hook: &Hook) -> usize {
    std::ptr::from_ref(&**hook).cast::<()>().addr()
}
