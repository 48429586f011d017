//! An [`Error`](crate::Error) as a standard error, which it is inside a [`BoxError`].

use std::any::type_name;
use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use super::cause::Cause;
use super::extension::RenderedMark;
use super::repr::Repr;
use super::std_error::{BoxError, sources};
use super::transport_errors::well_known;
use crate::identity::ReportedTo;
use crate::panics::catch::drop_catching;

/// An [`Error`](crate::Error) as a standard error. `Error` is not one itself, because then its conversion from every
/// [`HttpError`](crate::HttpError) would conflict with `From<Error> for Error`.
pub(crate) struct ErrorObject {
    repr: Arc<Repr>,
    /// Set if it ends the body of a response, whose failure a layer has reported.
    pub(crate) rendered: Option<RenderedMark>,
}

impl ErrorObject {
    pub(super) const fn new(repr: Arc<Repr>) -> Self {
        Self {
            repr,
            rendered: None,
        }
    }

    /// The error that ends a response's body.
    pub(crate) const fn rendered(repr: Arc<Repr>, mark: RenderedMark) -> Self {
        Self {
            repr,
            rendered: Some(mark),
        }
    }

    /// The first object in a cause chain.
    pub(crate) fn find<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Self> {
        sources(error).find_map(|error| error.downcast_ref())
    }

    pub(crate) const fn repr(&self) -> &Arc<Repr> {
        &self.repr
    }

    pub(super) fn into_repr(self) -> Arc<Repr> {
        self.repr
    }
}

impl fmt::Display for ErrorObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.repr.chain().first().map_or("", |link| link.message()))
    }
}

impl fmt::Debug for ErrorObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.repr, f)
    }
}

impl StdError for ErrorObject {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.repr.error()
    }
}

/// The parts of a service's error, or of the [`Error`](crate::Error) in its cause chain if there is one.
pub(crate) fn service_error<E: Into<BoxError>>(error: E) -> Arc<Repr> {
    let error = error.into();
    if let Some(found) = ErrorObject::find(error.as_ref()) {
        let repr = Arc::clone(found.repr());
        drop_catching(error);
        return repr;
    }
    let known = well_known(error.as_ref()).map(|known| known.type_name);
    let declared = type_name::<E>();
    // The name of a box says nothing about its contents.
    let type_name = known.or_else(|| (declared != type_name::<BoxError>()).then_some(declared));
    Arc::new(Repr::new(Cause::Foreign(error), type_name, None))
}

/// The fingerprint that the application set, on the error or on an [`Error`](crate::Error) in its cause chain.
pub(super) fn fingerprint(repr: &Repr) -> Option<&str> {
    let set = repr.overrides.as_ref();
    let set = set.and_then(|set| set.fingerprint.as_deref());
    set.or_else(|| fingerprint(ErrorObject::find(repr.error()?)?.repr()))
}

/// To which Backstops the application has reported the error, or an [`Error`](crate::Error) in its cause chain.
pub(super) fn reported_to(repr: &Repr) -> Option<&Arc<ReportedTo>> {
    repr.reported_to
        .get()
        .or_else(|| reported_to_of_cause(repr))
}

/// The same for an error that the application is about to report.
pub(super) fn reported_to_or_new(repr: &Repr) -> &Arc<ReportedTo> {
    let of_cause = || reported_to_of_cause(repr).cloned();
    repr.reported_to
        .get_or_init(|| of_cause().unwrap_or_default())
}

fn reported_to_of_cause(repr: &Repr) -> Option<&Arc<ReportedTo>> {
    repr.error()?;
    repr.cause
        .errors()
        .filter_map(|error| error.downcast_ref::<ErrorObject>())
        .find_map(|object| object.repr.reported_to.get())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn an_error_inside_an_io_error_is_found() {
        let error = Error::msg("broken").with_field("sku", 7);
        let wrapper = std::io::Error::other(BoxError::from(error));
        let fields = ErrorObject::find(&wrapper).map(|found| found.repr().fields().len());
        assert_eq!(fields, Some(1));
    }
}
