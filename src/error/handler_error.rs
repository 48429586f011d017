//! The error that handlers return.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use http::StatusCode;

use super::cause::Cause;
use super::object::ErrorObject;
use super::repr::Repr;
use super::std_error::BoxError;
use super::transport_errors::well_known;
use super::{chain, delegate};
use crate::backtrace::{Backtrace, CreationTrace};

/// The result of a fallible handler: `Result<T, backstop::Error>`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The error that handlers return: any error, what its response says, and where it was created.
///
/// # Creating one
///
/// * `?` converts every error that implements [`HttpError`](crate::HttpError), a boxed error, a
///   [`StatusCode`], a [`Problem`](crate::Problem), and, with the features of these names, the reports of `anyhow` and
///   `eyre`.
/// * [`.or_mapped()`](crate::ResultExt::or_mapped), [`.or_status(…)`](crate::ResultExt::or_status) and
///   [`.or_internal(…)`](crate::ResultExt::or_internal) convert every other error.
/// * [`Error::new`] and the constructors named after a status ([`Error::not_found`], …) make one from a text.
/// * [`Error::many`] combines several.
///
/// # Setting and reading
///
/// Methods that start with `with_` set what the response says, and take precedence over what the error says itself.
/// The methods without the prefix read it.
///
/// As a response (`Error` implements axum's `IntoResponse`) it is a small, safe problem document. Inside
/// [`Backstop::layer`](crate::Backstop::layer) the response is negotiated, and the error is logged and reported.
///
/// ```
/// use backstop::Error;
/// use http::{HeaderValue, StatusCode, header::RETRY_AFTER};
///
/// let error = Error::unavailable("the kitchen is closed")
///     .with_code("CLOSED")
///     .with_header(RETRY_AFTER, HeaderValue::from_static("3600"))
///     .public();
/// assert_eq!(error.to_string(), "the kitchen is closed");
/// assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
/// assert_eq!(error.code().unwrap(), "CLOSED");
/// ```
///
/// # Formatting
///
/// `{}` is the outermost message, `{:#}` the whole cause chain in one line, and `{:?}` the chain with source
/// locations, one link per line.
pub struct Error {
    /// This value is the only owner until it becomes a failure, so that setters can write. Only an error that was
    /// taken from the end of a response's body may have others.
    repr: Arc<Repr>,
}

impl Error {
    /// An error with a text and the status 500, which hides the text from clients.
    ///
    /// ```
    /// use backstop::Error;
    ///
    /// let error = Error::msg("the exchange rate is missing");
    /// assert_eq!(error.status(), 500);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn msg(text: impl Into<Cow<'static, str>>) -> Self {
        Self::from_cause(Cause::Message(text.into()), None)
    }

    /// An error with a status and a text. Clients see the text if the status is below 500. A status outside 400–599
    /// becomes 500.
    ///
    /// ```
    /// use backstop::Error;
    /// use http::StatusCode;
    ///
    /// let error = Error::new(StatusCode::PAYMENT_REQUIRED, "your balance is 30, but that costs 50");
    /// assert_eq!(error.status(), StatusCode::PAYMENT_REQUIRED);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn new(status: StatusCode, text: impl Into<Cow<'static, str>>) -> Self {
        let cause = Cause::Message(text.into());
        let mut repr = Repr::new(cause, None, Some(Location::caller()));
        repr.status = Some(status);
        Self::from_repr(repr)
    }

    /// Several errors at once, such as all the invalid fields of a form. The status is 500 until
    /// [`with_status`](Self::with_status) sets it.
    ///
    /// A problem document lists them as `errors: [{detail, pointer, …}]`, an envelope as `details`. Each is shown or
    /// hidden by its own status. `pointer` is the item's field of that name: a JSON Pointer as a URI fragment
    /// (RFC 9457, section 3).
    ///
    /// ```
    /// use backstop::Error;
    /// use http::StatusCode;
    ///
    /// let missing = Error::bad_request("must not be empty").with_field("pointer", "#/name");
    /// let error = Error::many([missing]).with_status(StatusCode::UNPROCESSABLE_ENTITY);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn many(errors: impl IntoIterator<Item = Self>) -> Self {
        let mut repr = Repr::new(Cause::Many, None, Some(Location::caller()));
        repr.items = errors.into_iter().map(Self::into_repr).collect();
        Self::from_repr(repr)
    }

    /// The first error of type `E` in the cause chain.
    ///
    /// ```
    /// let error = backstop::Error::from(std::io::Error::other(std::fmt::Error));
    /// assert!(error.downcast_ref::<std::fmt::Error>().is_some());
    /// ```
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.repr.downcast_ref()
    }

    /// A foreign error.
    #[track_caller]
    pub(super) fn foreign(error: BoxError, type_name: Option<&'static str>) -> Self {
        Self::from_cause(Cause::Foreign(error), type_name)
    }

    /// A report of another crate, or a box. If an `Error` is in its cause chain, the response is that one's.
    #[track_caller]
    pub(super) fn from_report<R>(report: R) -> Self
    where
        R: Deref<Target = dyn StdError + Send + Sync> + fmt::Display + Send + Sync + 'static,
    {
        let mut repr = delegate::parts(report);
        repr.location = Some(Location::caller());
        Self::from_repr(repr)
    }

    #[track_caller]
    pub(super) fn from_cause(cause: Cause, type_name: Option<&'static str>) -> Self {
        Self::from_repr(Repr::new(cause, type_name, Some(Location::caller())))
    }

    pub(super) fn from_repr(mut repr: Repr) -> Self {
        if repr.backtrace.is_none() {
            repr.backtrace = Backtrace::capture_if_wanted();
        }
        if repr.creation.is_none() {
            repr.creation = CreationTrace::capture_if_shown();
        }
        Self {
            repr: Arc::new(repr),
        }
    }

    /// An error whose parts others may share.
    pub(super) const fn from_shared(repr: Arc<Repr>) -> Self {
        Self { repr }
    }

    pub(crate) const fn repr(&self) -> &Arc<Repr> {
        &self.repr
    }

    pub(super) fn into_repr(self) -> Arc<Repr> {
        self.repr
    }

    /// The parts, for a setter.
    pub(super) fn repr_mut(&mut self) -> &mut Repr {
        if Arc::get_mut(&mut self.repr).is_none() {
            self.repr = Arc::new(delegate::parts_over(&self.repr));
        }
        let repr = Arc::get_mut(&mut self.repr).expect("this value is the only owner");
        // Formatting the error has filled it, and the setter may change it.
        repr.chain.take();
        repr
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, causes @ ..] = self.repr.chain() else {
            return Ok(());
        };
        f.write_str(first.message())?;
        if f.alternate() {
            for cause in causes {
                write!(f, ": {}", cause.message())?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.repr, f)
    }
}

impl From<BoxError> for Error {
    /// Restores an `Error` that was converted to a [`BoxError`]. If there is one further down in the cause chain, the
    /// response is that one's.
    #[track_caller]
    fn from(error: BoxError) -> Self {
        match error.downcast::<ErrorObject>() {
            Ok(object) => Self {
                repr: object.into_repr(),
            },
            Err(error) if ErrorObject::find(&*error).is_some() => Self::from_report(error),
            Err(error) => Self::foreign(error, None),
        }
    }
}

impl From<Box<dyn StdError>> for Error {
    /// A 500 with the cause chain of the error. The error itself cannot be kept, because it may not be `Send`:
    /// [`downcast_ref`](Self::downcast_ref) and [`map_error`](crate::Builder::map_error) do not find it. Prefer
    /// [`BoxError`].
    #[track_caller]
    fn from(error: Box<dyn StdError>) -> Self {
        let mut repr = snapshot(&*error);
        repr.location = Some(Location::caller());
        Self::from_repr(repr)
    }
}

impl From<Box<dyn StdError + Send>> for Error {
    /// Like `Box<dyn Error>`: a 500 with the cause chain of the error.
    #[track_caller]
    fn from(error: Box<dyn StdError + Send>) -> Self {
        let mut repr = snapshot(&*error);
        repr.location = Some(Location::caller());
        Self::from_repr(repr)
    }
}

/// The cause chain of an error that cannot be kept. If an `Error` is in it, the response is that one's.
fn snapshot(error: &(dyn StdError + 'static)) -> Repr {
    let mut repr = Repr::new(Cause::Snapshot(chain::snapshot(None, error)), None, None);
    match ErrorObject::find(error) {
        Some(inner) => repr.copy(inner.repr()),
        None => repr.status = well_known(error).map(|known| known.status),
    }
    repr
}

impl From<Error> for BoxError {
    fn from(error: Error) -> Self {
        Box::new(ErrorObject::new(error.into_repr()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_can_be_added_after_the_error_was_formatted() {
        let error = Error::msg("broken");
        assert_eq!(error.to_string(), "broken");
        assert_eq!(
            format!("{:#}", error.with_context("later")),
            "later: broken"
        );
    }

    #[test]
    fn an_error_with_other_owners_can_be_changed() {
        let error = Error::not_found("no such order").with_code("NO_ORDER");
        let shared = Arc::clone(error.repr());
        let changed = error.with_status(StatusCode::GONE);
        assert_eq!(changed.status(), StatusCode::GONE);
        assert_eq!(changed.code().unwrap(), "NO_ORDER");
        assert_eq!(shared.declared_status(), Some(StatusCode::NOT_FOUND));
    }
}
