//! Runs code of the application, which may panic anywhere.

use std::panic::{AssertUnwindSafe, catch_unwind};

use super::depth::VisibleCatchGuard;

/// Returns the result of `run`, or `None` if it panics.
///
/// After a panic, what `run` borrows mutably must not be used again, except to drop it.
pub(crate) fn catch_panic<T>(run: impl FnOnce() -> T) -> Option<T> {
    let _guard = VisibleCatchGuard::enter();
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(value) => Some(value),
        Err(payload) => {
            drop_catching(payload);
            None
        }
    }
}

/// Drops a value whose destructor may panic.
pub(crate) fn drop_catching<T>(value: T) {
    let _guard = VisibleCatchGuard::enter();
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) else {
        return;
    };
    // The payload's own destructor may panic too, and so may that panic's payload, which is therefore leaked.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(payload);
    }
}
