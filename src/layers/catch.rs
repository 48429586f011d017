//! CatchGuard panics.

use std::any::Any;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::error::Repr;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::panics::depth::CatchGuard;
use crate::panics::stash;

/// Runs `run`; a panic in it becomes the parts of an error.
///
/// What `run` borrows must not be used again after a panic, but to drop it.
pub(super) fn catch_failure<T>(run: impl FnOnce() -> T) -> Result<T, Arc<Repr>> {
    let _catching = CatchGuard::enter();
    catch_failure_inside(run)
}

/// The same where a [`CatchGuard`] lives: a request that succeeds needs no more than one in its future.
#[inline]
pub(super) fn catch_failure_inside<T>(run: impl FnOnce() -> T) -> Result<T, Arc<Repr>> {
    catch_unwind(AssertUnwindSafe(run)).map_err(panicked)
}

/// Drops what `drop_it` drops, whose destructor may panic; where a [`CatchGuard`] lives, whose owner is told.
pub(super) fn drop_reporting(drop_it: impl FnOnce(), tell: impl FnOnce(Arc<Repr>)) {
    if let Err(panic) = catch_failure_inside(drop_it) {
        tell(panic);
    }
}

/// Drops what `drop_it` drops, whose destructor may panic.
pub(super) fn dropped(drop_it: impl FnOnce()) {
    catch_panic(drop_it);
}

#[cold]
fn panicked(payload: Box<dyn Any + Send>) -> Arc<Repr> {
    let panic = stash::take(&*payload);
    Arc::new(Repr::panicked(text(payload), panic))
}

/// The text of a panic's payload.
fn text(payload: Box<dyn Any + Send>) -> Cow<'static, str> {
    match payload.downcast::<String>() {
        Ok(text) => Cow::Owned(*text),
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => Cow::Borrowed(*text),
            Err(payload) => {
                drop_catching(payload);
                Cow::Borrowed("Box<dyn Any>")
            }
        },
    }
}
