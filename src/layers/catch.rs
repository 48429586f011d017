//! Catching panics.

use std::any::Any;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::error::{self, Catching, CatchingAloud, Inner, discard};
use crate::report;

/// Runs `run`; a panic in it becomes the parts of an error.
///
/// What `run` borrows must not be used again after a panic, but to drop it.
pub(super) fn caught<T>(run: impl FnOnce() -> T) -> Result<T, Arc<Inner>> {
    let _catching = Catching::enter();
    caught_inside(run)
}

/// The same for who tells nobody of it: there may be a layer around who does.
pub(super) fn caught_untold<T>(run: impl FnOnce() -> T) -> Result<T, Arc<Inner>> {
    if report::has_slot() {
        return caught(run);
    }
    let _catching = CatchingAloud::enter();
    caught_inside(run)
}

/// The same where a [`Catching`] lives: a request that succeeds needs no more than one in its future.
#[inline]
pub(super) fn caught_inside<T>(run: impl FnOnce() -> T) -> Result<T, Arc<Inner>> {
    catch_unwind(AssertUnwindSafe(run)).map_err(panicked)
}

/// Drops what `drop_it` drops, whose destructor may panic; where a [`Catching`] lives, whose owner is told.
pub(super) fn dropped_inside(drop_it: impl FnOnce(), tell: impl FnOnce(Arc<Inner>)) {
    if let Err(panic) = caught_inside(drop_it) {
        tell(panic);
    }
}

/// Drops what `drop_it` drops, whose destructor may panic.
pub(super) fn dropped(drop_it: impl FnOnce()) {
    error::caught(drop_it);
}

#[cold]
fn panicked(payload: Box<dyn Any + Send>) -> Arc<Inner> {
    let panic = error::take(&*payload);
    Arc::new(Inner::panicked(text(payload), panic))
}

/// The text of a panic's payload.
fn text(payload: Box<dyn Any + Send>) -> Cow<'static, str> {
    match payload.downcast::<String>() {
        Ok(text) => Cow::Owned(*text),
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => Cow::Borrowed(*text),
            Err(payload) => {
                discard(payload);
                Cow::Borrowed("Box<dyn Any>")
            }
        },
    }
}
