//! Running code of the application's, which may panic anywhere.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::panics::record::VisibleCatchGuard;

/// What `run` gives, or `None` where it panics.
///
/// What `run` borrows must not be used again after a panic, but to drop it.
pub(crate) fn catch_panic<T>(run: impl FnOnce() -> T) -> Option<T> {
    let _catching = VisibleCatchGuard::enter();
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
    let _catching = VisibleCatchGuard::enter();
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(value))) else {
        return;
    };
    // A payload's own destructor may panic, and so may that panic's payload: that one is never dropped.
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(payload);
    }
}
