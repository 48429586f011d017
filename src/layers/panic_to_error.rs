//! Catching the panics of the inner service.

use std::any::Any;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use crate::error::{BoxError, Repr, service_error};
use crate::panics::catch::drop_catching;
use crate::panics::depth::CatchGuard;
use crate::panics::hook_slot;
use crate::panics::mark::PanicMark;
use crate::panics::stash;

/// Runs `run`; if it panics, the panic becomes an error. A panic that it resumes is recognized if it started after
/// `since`.
///
/// After a panic, what `run` borrows must not be used again, but only dropped.
pub(super) fn catch_failure<T>(since: PanicMark, run: impl FnOnce() -> T) -> Result<T, Arc<Repr>> {
    let _catching = CatchGuard::enter();
    catch_failure_inside(since, run)
}

/// Like [`catch_failure`], for callers that hold a [`CatchGuard`] already: one for the whole poll is enough.
#[inline]
pub(super) fn catch_failure_inside<T>(
    since: PanicMark,
    run: impl FnOnce() -> T,
) -> Result<T, Arc<Repr>> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|payload| panicked(payload, since))
}

/// The parts of a service's error. Its conversion is the application's code.
#[cold]
pub(super) fn convert_error<E: Into<BoxError>>(error: E, since: PanicMark) -> Arc<Repr> {
    catch_failure(since, || service_error(error)).unwrap_or_else(|panic| panic)
}

/// The panic that another layer further in has caught during this poll, if Backstop's hook has recorded it.
pub(super) fn panic_caught_inside() -> Option<Arc<Repr>> {
    let panics = stash::take_all();
    // Backstop itself catches those of the application's callbacks and destructors.
    let of_service = panics
        .into_iter()
        .rfind(|panic| panic.reported_to().is_none())?;
    let message = of_service.text().to_owned();
    Some(Arc::new(Repr::panicked(
        Cow::Owned(message),
        Some(of_service),
    )))
}

#[cold]
fn panicked(payload: Box<dyn Any + Send>, since: PanicMark) -> Arc<Repr> {
    let record = stash::take(&*payload, since);
    if record.is_none() {
        hook_slot::warn_if_replaced();
    }
    Arc::new(Repr::panicked(message(payload), record))
}

/// The message of a panic.
fn message(payload: Box<dyn Any + Send>) -> Cow<'static, str> {
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
