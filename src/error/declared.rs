//! `?` on an error that declares its response.

use std::any::type_name;
use std::panic::Location;
use std::sync::Arc;

use super::cause::Cause;
use super::handler_error::Error;
use super::http_error::{Forwarded, HttpError};
use super::object::ErrorObject;
use super::repr::Repr;
use crate::problem::Problem;

impl<E: HttpError> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        match parts(error, Some(Location::caller())) {
            Parts::Own(repr) => Self::from_repr(repr),
            Parts::Shared(repr) => Self::from_shared(repr),
        }
    }
}

/// The parts of an error that declares its response. They have no location: the caller is `IntoResponse`, not the code
/// that failed.
pub(crate) fn declared<E: HttpError>(error: E) -> Arc<Repr> {
    match parts(error, None) {
        Parts::Own(repr) => Arc::new(repr),
        Parts::Shared(repr) => repr,
    }
}

enum Parts {
    Own(Repr),
    /// Those of an [`Error`] inside.
    Shared(Arc<Repr>),
}

#[inline]
fn parts<E: HttpError>(error: E, location: Option<&'static Location<'static>>) -> Parts {
    let mut inner = None;
    match error.__forwarded() {
        Some(Forwarded::Value(value)) => {
            if let Some(error) = value.downcast_ref::<Error>() {
                return Parts::Shared(Arc::clone(error.repr()));
            }
            if let Some(problem) = value.downcast_ref::<Problem>() {
                let mut repr = Repr::of_problem(problem);
                (repr.type_name, repr.location) = (Some(type_name::<E>()), location);
                return Parts::Own(repr);
            }
        }
        Some(Forwarded::Report(report)) => {
            inner = ErrorObject::find(report).map(|object| Arc::clone(object.repr()));
        }
        Some(Forwarded::Skipped(_)) | None => {}
    }
    let is_list = error.__is_list();
    let error: Box<dyn HttpError> = Box::new(error);
    let cause = if is_list {
        Cause::List(error)
    } else {
        Cause::Http(error)
    };
    let mut repr = Repr::new(cause, Some(type_name::<E>()), location);
    if let Some(inner) = inner {
        repr.take_over(&inner);
    }
    Parts::Own(repr)
}
