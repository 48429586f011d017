//! The snapshot of what failed.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, OnceLock};

use http::StatusCode;
use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;

use super::cause::Cause;
use super::handler_error::Error;
use super::link::Link;
use super::origin::Origin;
use super::overrides::Overrides;
use super::repr::Repr;
use super::status::{self, StatusMap};
use super::transport_errors::well_known;
use super::{chain, grouping, object};
use crate::backtrace::{Backtrace, SourceLocation};
use crate::identity::{ReportedTo, new_id};

/// One failure: an error with its id, its status and its origin. Callbacks receive it, and log records, reports and
/// error responses are made from it. Layers outside of Backstop find it in the
/// [extensions of the response](crate::layers#what-other-layers-learn).
///
/// It is immutable and cheap to clone.
///
/// It serializes to `{"id", "origin", "status", "errors": [{"type", "message", "at"}]}`. That includes everything that
/// production hides from clients.
#[derive(Clone)]
pub struct Failure {
    repr: Arc<Repr>,
    id: Uuid,
    status: StatusCode,
    /// The status of the error itself, whatever status its response was given.
    own_status: StatusCode,
    origin: Origin,
    /// Whether its response was marked as expected.
    has_expected_response: bool,
}

impl Failure {
    /// The failure of an error that is only borrowed. Its cause chain is copied, so
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
        Self::borrowed(error, Some(std::any::type_name::<E>()))
    }

    /// Like [`from_error`](Self::from_error), for an error whose type is not known.
    #[track_caller]
    pub(crate) fn from_dyn(error: &(dyn StdError + 'static)) -> Self {
        Self::borrowed(error, None)
    }

    #[track_caller]
    fn borrowed(error: &(dyn StdError + 'static), type_name: Option<&'static str>) -> Self {
        let links = chain::snapshot(type_name, error);
        let mut repr = Repr::new(Cause::Snapshot(links), type_name, Some(Location::caller()));
        repr.status = well_known(error).map(|known| known.status);
        repr.overrides_mut().grouping = grouping::of_error(type_name, error);
        repr.backtrace = Backtrace::capture_if_wanted();
        Self::new(Arc::new(repr), Origin::Handler, &StatusMap::default())
    }

    /// The failure of an error that the application keeps and may change. What a report needs is copied; both know that
    /// the error was reported, so it is recognized when it reaches the layer.
    pub(crate) fn shared(error: &Error) -> Self {
        let original = error.repr();
        let links = original.new_chain();
        let mut repr = Repr::new(
            Cause::Snapshot(links),
            original.type_name,
            original.location,
        );
        repr.overrides = Some(Box::new(Overrides {
            code: original.code(),
            details: original.details(),
            fields: original.fields().into_iter().collect(),
            fingerprint: object::fingerprint(original).map(|set| Cow::Owned(set.to_owned())),
            grouping: original.grouping(),
            ..Overrides::default()
        }));
        repr.is_expected = original.is_expected();
        repr.backtrace = original.backtrace().cloned();
        repr.reported_to = OnceLock::from(Arc::clone(object::reported_to_or_new(original)));
        Self::new(Arc::new(repr), Origin::Handler, &StatusMap::default())
            .with_status(error.status())
    }

    /// The status of the response, 400–599.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The machine-readable code of the error.
    #[must_use]
    pub fn code(&self) -> Option<Value> {
        self.repr.code()
    }

    /// The cause chain, outermost first: contexts, the error, its sources. It has at most 32 links; a link that only
    /// repeats the message before it is omitted.
    #[must_use]
    pub fn chain(&self) -> &[Link] {
        self.repr.chain()
    }

    /// The last link of the chain: what went wrong first.
    #[must_use]
    pub fn root_cause(&self) -> Option<&Link> {
        self.chain().last()
    }

    /// The first error of type `E` in the cause chain.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.repr.downcast_ref()
    }

    /// Where the error was created: the `?` that converted it to an [`Error`], or the constructor. For a panic, where it
    /// started, if [the panic hook](crate::Backstop::install_panic_hook) is installed.
    #[must_use]
    pub fn location(&self) -> Option<SourceLocation> {
        self.repr.location()
    }

    /// Whether there is a backtrace, so that reports have frames. It was captured where the error was created, or in
    /// [the panic hook](crate::Backstop::install_panic_hook). It requires the feature `frames`.
    #[must_use]
    pub fn has_backtrace(&self) -> bool {
        self.repr.backtrace().is_some()
    }

    /// Where the failure comes from.
    #[must_use]
    pub const fn origin(&self) -> Origin {
        self.origin
    }

    /// Whether the failure was expected: its error was marked with [`Error::expected`], or its response with
    /// [`layers::Expected`](crate::layers::Expected). A panic never is.
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.origin != Origin::Panic && (self.has_expected_response || self.repr.is_expected())
    }

    /// The id, a UUID of version 7 (RFC 9562). It is in the error response, the log record and every report.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// The fields of the error, by key.
    #[must_use]
    pub fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        self.repr.fields()
    }

    /// The Rust type of the error, if it is known.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        self.repr.type_name
    }

    /// The value of OpenTelemetry's attribute `error.type`: [`type_name`](Self::type_name), else the status. It takes as
    /// many values as the program has types of errors, so it is fit for the label of a metric.
    ///
    /// ```
    /// use backstop::{Error, Failure};
    ///
    /// let failure = Failure::from(Error::not_found("no such order"));
    /// assert_eq!(failure.error_type(), "404");
    /// ```
    #[must_use]
    pub fn error_type(&self) -> Cow<'_, str> {
        let status = || Cow::Owned(self.status.as_str().to_owned());
        self.type_name().map_or_else(status, Cow::Borrowed)
    }

    pub(crate) fn new(repr: Arc<Repr>, origin: Origin, map: &StatusMap) -> Self {
        let status = map.status(&repr);
        Self::with_own_status(repr, origin, status)
    }

    /// A failure whose own status was decided before.
    pub(crate) fn with_own_status(repr: Arc<Repr>, origin: Origin, status: StatusCode) -> Self {
        Self {
            id: object::reported_to(&repr).map_or_else(new_id, |reported_to| reported_to.id()),
            status,
            own_status: status,
            repr,
            origin,
            has_expected_response: false,
        }
    }

    /// Sets whether its response was marked as expected.
    pub(crate) const fn with_expected_response(mut self, is_expected: bool) -> Self {
        self.has_expected_response = is_expected;
        self
    }

    /// Sets the actual status of the response.
    pub(crate) fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status::in_range(status);
        self
    }

    /// Whether production shows clients what the error says: both its own status and that of the response must allow
    /// it, so that a 404 around an internal error shows no more than a 500 would.
    pub(crate) fn is_disclosed(&self) -> bool {
        self.repr.is_disclosed(self.status) && self.repr.is_disclosed(self.own_status)
    }

    /// Sets the origin.
    pub(crate) const fn with_origin(mut self, origin: Origin) -> Self {
        self.origin = origin;
        self
    }

    /// Sets the id that a layer further in has given the failure.
    pub(crate) const fn with_id(mut self, id: Uuid) -> Self {
        self.id = id;
        self
    }

    pub(crate) const fn repr(&self) -> &Arc<Repr> {
        &self.repr
    }

    /// The fingerprint that the application set on the error.
    pub(crate) fn fingerprint(&self) -> Option<&str> {
        object::fingerprint(&self.repr)
    }

    /// To which Backstops the application has reported the error itself.
    pub(crate) fn reported_to(&self) -> Option<&ReportedTo> {
        object::reported_to(&self.repr).map(|reported_to| &**reported_to)
    }

    /// Its size in memory, in bytes, as far as it is known.
    pub(crate) fn size(&self) -> usize {
        self.repr.size()
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::new(error.into_repr(), Origin::Handler, &StatusMap::default())
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
            self.repr
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_error_inside_an_io_error_is_in_the_chain_once() {
        let wrapped = std::io::Error::other(crate::BoxError::from(Error::msg("broken")));
        let failure = Failure::from(Error::from(wrapped));
        assert_eq!(failure.chain().len(), 1);
        let wrapped = std::io::Error::other(fmt::Error);
        let failure = Failure::from(Error::from(wrapped));
        assert!(failure.downcast_ref::<fmt::Error>().is_some());
    }
}
