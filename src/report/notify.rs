//! Errors that the application reports itself, from anywhere.

use std::error::Error as StdError;
use std::sync::Arc;

use uuid::Uuid;

use super::dispatch::Dispatch;
use super::{Event, Mechanism, Scope, ScopeSnapshot, dispatch, slot};
use crate::error::{Error, Failure};

/// What can be reported: every standard error, also behind a `dyn`, and [`Error`](crate::Error). Of a
/// [`BoxError`](crate::BoxError) give what is in the box, `&*boxed`.
pub trait Reportable {
    /// The failure that it is.
    #[track_caller]
    fn failure(&self) -> Failure;
}

impl<E: StdError + 'static> Reportable for E {
    #[track_caller]
    fn failure(&self) -> Failure {
        Failure::from_error(self)
    }
}

impl Reportable for dyn StdError {
    #[track_caller]
    fn failure(&self) -> Failure {
        Failure::from_dyn(self)
    }
}

impl Reportable for dyn StdError + Send + Sync {
    #[track_caller]
    fn failure(&self) -> Failure {
        Failure::from_dyn(self)
    }
}

impl Reportable for Error {
    fn failure(&self) -> Failure {
        Failure::shared(self)
    }
}

/// Reports an error to the owner of the current scope, else to the Backstop that installed the panic hook;
/// else nobody hears of it, which [`unreported_count`](crate::unreported_count) counts. See [`Scope::notify`].
///
/// ```
/// if let Err(error) = std::fs::read("/no/such/file") {
///     backstop::notify(&error);
/// }
/// ```
#[track_caller]
pub fn notify<E: Reportable + ?Sized>(error: &E) -> Option<Uuid> {
    tell(error.failure(), Mechanism::Notify)
}

/// Goes on without the value, and reports the error.
pub trait Intercept<T> {
    /// The value; an error is reported as handled (severity warning, mechanism `intercept`), to whom
    /// [`notify`](crate::notify) would, and is `None` here.
    ///
    /// ```
    /// use backstop::prelude::*;
    ///
    /// let port: u16 = "eighty".parse().intercept().unwrap_or(80);
    /// # assert_eq!(port, 80);
    /// ```
    ///
    /// A box of an error, which is no error itself, becomes one by `.map_err(backstop::Error::from)`.
    fn intercept(self) -> Option<T>;
}

impl<T, E: Reportable> Intercept<T> for Result<T, E> {
    #[track_caller]
    fn intercept(self) -> Option<T> {
        match self {
            Ok(value) => Some(value),
            Err(error) => {
                tell(error.failure(), Mechanism::Intercept);
                None
            }
        }
    }
}

/// Reports for the current scope's owner, else for the process's.
pub(super) fn tell(failure: Failure, mechanism: Mechanism) -> Option<Uuid> {
    let Some(owner) = slot::owner().or_else(dispatch::process) else {
        dispatch::count_unreported();
        return None;
    };
    tell_owner(&owner, failure, mechanism)
}

/// Reports to this owner, in the current scope if that is its own; else the report says that it is lost.
pub(crate) fn tell_owner(
    owner: &Arc<Dispatch>,
    failure: Failure,
    mechanism: Mechanism,
) -> Option<Uuid> {
    if slot::owner().is_some_and(|current| Arc::ptr_eq(&current, owner)) {
        return Scope::current().tell(failure, mechanism);
    }
    if !owner.listens() {
        return None;
    }
    match Event::told(failure, mechanism, owner, ScopeSnapshot::Lost) {
        Ok(captured) => {
            let id = captured.failure.id();
            owner.capture(captured);
            Some(id)
        }
        Err(known) => Some(known),
    }
}
