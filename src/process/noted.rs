//! That a thread has noted the panic whose hooks it runs.

use std::cell::Cell;

thread_local! {
    static NOTED: Cell<bool> = const { Cell::new(false) };
}

/// While this lives, nothing more is noted on this thread.
#[must_use = "it counts as long as it lives"]
pub(super) struct Noted(());

impl Noted {
    pub(super) fn enter() -> Self {
        let _ = NOTED.try_with(|noted| noted.set(true));
        Self(())
    }

    pub(super) fn is_on() -> bool {
        NOTED.try_with(Cell::get).unwrap_or_default()
    }
}

impl Drop for Noted {
    fn drop(&mut self) {
        let _ = NOTED.try_with(|noted| noted.set(false));
    }
}
