//! The snapshot of what failed.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use http::StatusCode;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::chain::Link;
use super::origin::Origin;
use super::repr::{Cause, Repr};
use super::status::StatusMap;
use super::{Error, chain, status};
use crate::backtrace::{Backtrace, SourceLocation};
use crate::identity::{ReportedTo, new_id};

/// One failure: an error with its id, its status and its origin, ready to be answered, logged and
/// reported. Cloning it is cheap, and nothing in it changes any more.
///
/// Serialised as `{"id", "origin", "status", "errors": [{"type", "message", "at"}]}`: with everything
/// that production hides, so for the owner's eyes.
#[derive(Clone)]
pub struct Failure {
    inner: Arc<Repr>,
    id: Uuid,
    status: StatusCode,
    origin: Origin,
}

impl Failure {
    /// The failure of an error that is only borrowed: its chain is copied, so that
    /// [`downcast_ref`](Self::downcast_ref) finds nothing.
    ///
    /// ```
    /// use backstop::Failure;
    ///
    /// let error = "x".parse::<u8>().unwrap_err();
    /// let failure = Failure::from_error(&error);
    /// assert_eq!(failure.status(), 500);
    /// assert_eq!(failure.chain()[0].message(), "invalid digit found in string");
    /// ```
    #[must_use]
    #[track_caller]
    pub fn from_error<E: StdError + 'static>(error: &E) -> Self {
        let type_name = std::any::type_name::<E>();
        let links = chain::snapshot(Some(type_name), error);
        let known = status::known(error).map(|known| known.status);
        let mut inner = Repr::new(
            Cause::Snapshot(links),
            Some(type_name),
            Some(std::panic::Location::caller()),
        );
        inner.status = known;
        inner.backtrace = Backtrace::if_wanted();
        Self::new(Arc::new(inner), Origin::Handler, &StatusMap::default())
    }

    /// The same for an error whose type is not known.
    #[track_caller]
    pub(crate) fn from_dyn(error: &(dyn StdError + 'static)) -> Self {
        let mut inner = Repr::new(
            Cause::Snapshot(chain::snapshot(None, error)),
            None,
            Some(std::panic::Location::caller()),
        );
        inner.status = status::known(error).map(|known| known.status);
        inner.backtrace = Backtrace::if_wanted();
        Self::new(Arc::new(inner), Origin::Handler, &StatusMap::default())
    }

    /// The failure of an error that goes on living, and may be said more of: its facts are copied. It is known
    /// again when it reaches the layer.
    pub(crate) fn shared(error: &Error) -> Self {
        let inner = Repr::snapshot(error.inner());
        Self::new(Arc::new(inner), Origin::Handler, &StatusMap::default())
    }

    /// The status of the answer, 400–599.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The code that the error gave itself.
    #[must_use]
    pub fn code(&self) -> Option<serde_json::Value> {
        self.inner.code()
    }

    /// The cause chain, outermost first: contexts, the error, its sources. At most 32 links; a link that
    /// only repeats the message before it is left out.
    #[must_use]
    pub fn chain(&self) -> &[Link] {
        self.inner.chain()
    }

    /// The last link of the chain: what went wrong first.
    #[must_use]
    pub fn root_cause(&self) -> Option<&Link> {
        self.chain().last()
    }

    /// The first error of type `E` in the chain, however deeply wrapped.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.inner.downcast_ref()
    }

    /// Where the error was made: the `?` that turned it into an [`Error`], or `Error::msg`. Where a panic began, if
    /// [a hook](crate::Backstop::install_panic_hook) saw it.
    #[must_use]
    pub fn location(&self) -> Option<SourceLocation> {
        self.inner.place()
    }

    /// Whether the stack was taken when the error was made, or in [the panic
    /// hook](crate::Backstop::install_panic_hook), so that its report has frames; see
    #[cfg_attr(
        feature = "frames",
        doc = "[`capture_backtraces`](crate::Builder::capture_backtraces)."
    )]
    #[cfg_attr(not(feature = "frames"), doc = "the feature `frames`.")]
    #[must_use]
    pub fn has_backtrace(&self) -> bool {
        self.inner.backtrace().is_some()
    }

    /// By which way it came.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// The id that stands in the answer, the log and every report: a UUID of version 7 (RFC 9562).
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The facts for the owner that the error carries, by name.
    #[must_use]
    pub fn fields(&self) -> Vec<(std::borrow::Cow<'static, str>, serde_json::Value)> {
        self.inner.fields()
    }

    /// The name of the error's type, where it is known.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        self.inner.type_name
    }

    pub(crate) fn new(inner: Arc<Repr>, origin: Origin, map: &StatusMap) -> Self {
        let status = status::of(&inner, map);
        Self {
            id: inner.notice().map_or_else(new_id, ReportedTo::id),
            inner,
            status,
            origin,
        }
    }

    /// The same failure under the status that was really answered.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status::in_range(status);
        self
    }

    /// The same failure with this origin.
    pub(crate) const fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// The same failure under the id that an inner layer gave it.
    pub(crate) fn with_id(mut self, id: Uuid) -> Self {
        self.id = id;
        self
    }

    /// The bytes of the texts that it is known to hold.
    pub(crate) fn text_len(&self) -> usize {
        self.inner.text_len()
    }

    pub(crate) const fn inner(&self) -> &Arc<Repr> {
        &self.inner
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.into_inner(), Origin::Handler, &StatusMap::default())
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} ({}) {}: {:?}",
            self.status,
            self.origin.as_str(),
            self.id,
            self.inner
        )
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut failure = serializer.serialize_struct("Failure", 4)?;
        failure.serialize_field("id", &self.id.hyphenated().to_string())?;
        failure.serialize_field("origin", &self.origin)?;
        failure.serialize_field("status", &self.status.as_u16())?;
        failure.serialize_field("errors", self.chain())?;
        failure.end()
    }
}
