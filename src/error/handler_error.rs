//! The error that handlers return.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use http::{HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::repr::{Cause, Repr, Said};
use super::response::ErrorObject;
use super::{BoxError, Exposure, HttpError};
use crate::backtrace::Backtrace;
use crate::problem::shallow;

/// What a handler returns when it fails: any error, what it answers, and the place it came from.
///
/// It is made by `?` from everything that implements [`HttpError`], from a [`BoxError`], by
/// [`.or_status(…)`](super::ResultExt::or_status) and [`.or_internal(…)`](super::ResultExt::or_internal)
/// from any other error, and by [`msg`](Self::msg) and [`many`](Self::many). The setters say more, and
/// what they say wins over what the error itself says.
///
/// As a response (it implements axum's `IntoResponse`) it answers safely by itself; inside
/// [`Backstop::layer`](crate::Backstop::layer) it is negotiated, logged and reported.
///
/// ```
/// use backstop::Error;
/// use http::{StatusCode, header::RETRY_AFTER, HeaderValue};
///
/// let error = Error::msg("the kitchen is closed")
///     .status(StatusCode::SERVICE_UNAVAILABLE)
///     .code("CLOSED")
///     .header(RETRY_AFTER, HeaderValue::from_static("3600"))
///     .public();
/// assert_eq!(error.to_string(), "the kitchen is closed");
/// ```
///
/// `{}` shows the outermost message, `{:#}` the whole chain in one line, `{:?}` the chain with its places.
pub struct Error {
    /// Owned by this value alone until it becomes a failure, so that the setters can write; what comes back
    /// from a failed body may be shared.
    inner: Arc<Repr>,
}

impl Error {
    /// An error that is only a text. Status 500 unless [`status`](Self::status) says otherwise; the
    /// text is shown to clients below 500.
    #[must_use]
    #[track_caller]
    pub fn msg(text: impl Into<Cow<'static, str>>) -> Self {
        Self::new(Cause::Message(text.into()), None)
    }

    /// Several errors at once, such as all the wrong fields of a form. Status 500 unless
    /// [`status`](Self::status) says otherwise.
    ///
    /// A problem lists them as `errors: [{detail, pointer, …}]`, an envelope as `details`. Each is shown
    /// or hidden by its own status; `pointer` is the item's field of that name, a JSON Pointer as a URI
    /// fragment (RFC 9457, section 3).
    ///
    /// ```
    /// use backstop::Error;
    /// use http::StatusCode;
    ///
    /// let missing = Error::msg("must not be empty").status(StatusCode::BAD_REQUEST).field("pointer", "#/name");
    /// let error = Error::many([missing]).status(StatusCode::UNPROCESSABLE_ENTITY);
    /// ```
    #[must_use]
    #[track_caller]
    pub fn many(errors: impl IntoIterator<Item = Self>) -> Self {
        Self::new(Cause::Many(errors.into_iter().collect()), None)
    }

    /// The status of the answer; outside 400–599 it becomes 500.
    #[must_use]
    pub fn status(mut self, status: StatusCode) -> Self {
        self.inner_mut().status = Some(status);
        self
    }

    /// A code for programs, a string or a number.
    #[must_use]
    pub fn code(mut self, code: impl Into<Value>) -> Self {
        self.said_mut().code = Some(shallow(code.into()));
        self
    }

    /// The error's name in the envelope shapes, like `ValidationError`.
    #[must_use]
    pub fn name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.said_mut().name = Some(name.into());
        self
    }

    /// A short summary of the kind of problem (RFC 9457, section 3.1.3) in place of the reason phrase.
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.said_mut().title = Some(title.into());
        self
    }

    /// What the client should read (RFC 9457, section 3.1.4) in place of the message. Being written for
    /// clients, it is shown below 500 even where the message of a foreign error stays hidden.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.said_mut().detail = Some(detail.into());
        self
    }

    /// The problem's type, any URI reference (RFC 9457, section 3.1.1).
    #[must_use]
    pub fn type_uri(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.said_mut().type_uri = Some(uri.into());
        self
    }

    /// More for the client, anything that serialises to JSON. A value that fails to is left out, and the
    /// error stays whole.
    #[must_use]
    pub fn details(mut self, details: impl Serialize) -> Self {
        self.said_mut().details = serde_json::to_value(details).ok().map(shallow);
        self
    }

    /// A fact for the owner. Clients see it where [`safe_fields`](crate::Builder::safe_fields) names its key.
    #[must_use]
    pub fn field(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<Value>) -> Self {
        let (key, value) = (key.into(), shallow(value.into()));
        let fields = &mut self.said_mut().fields;
        fields.retain(|(known, _)| *known != key);
        fields.push((key, value));
        self
    }

    /// A header of the answer; it wins over the response's own. Several values of one name are all sent.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.said_mut().headers.append(name, value);
        self
    }

    /// Shows what the error says (message, code, details) on any status, a foreign error's text too.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.inner_mut().exposure = Some(Exposure::Public);
        self
    }

    /// Hides what the error says on any status, as on a 500.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.inner_mut().exposure = Some(Exposure::Private);
        self
    }

    /// What was being done when it failed, for the owner: one more link on top of the chain, with its
    /// place. Status, code and all other facts stay; clients never see it in production.
    #[must_use]
    #[track_caller]
    pub fn context(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        let at = Location::caller();
        self.said_mut().contexts.push((text.into(), at));
        self
    }

    /// The first error of type `E` in the cause chain.
    #[must_use]
    pub fn downcast_ref<E: StdError + 'static>(&self) -> Option<&E> {
        self.inner.downcast_ref()
    }

    #[track_caller]
    pub(super) fn new(cause: Cause, type_name: Option<&'static str>) -> Self {
        let mut inner = Repr::new(cause, type_name, Some(Location::caller()));
        inner.backtrace = Backtrace::if_wanted();
        Self {
            inner: Arc::new(inner),
        }
    }

    /// An error that is none of ours, with the place of the caller.
    #[track_caller]
    pub(super) fn foreign(error: BoxError, type_name: Option<&'static str>) -> Self {
        Self::new(Cause::Foreign(error), type_name)
    }

    pub(super) const fn from_inner(inner: Arc<Repr>) -> Self {
        Self { inner }
    }

    pub(crate) const fn inner(&self) -> &Arc<Repr> {
        &self.inner
    }

    pub(super) fn into_inner(self) -> Arc<Repr> {
        self.inner
    }

    fn inner_mut(&mut self) -> &mut Repr {
        if Arc::get_mut(&mut self.inner).is_none() {
            let location = self.inner.location;
            let shared: BoxError = Box::new(ErrorObject::sharing(Arc::clone(&self.inner)));
            let mut inner = Repr::reporting(shared);
            inner.location = location;
            self.inner = Arc::new(inner);
        }
        let inner = Arc::get_mut(&mut self.inner).expect("it was shared, so it was just made anew");
        // Whoever showed the error has filled it, and what is set now may add to it.
        inner.chain.take();
        inner
    }

    fn said_mut(&mut self) -> &mut Said {
        self.inner_mut().said_mut()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [first, causes @ ..] = self.inner.chain() else {
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
        fmt::Debug::fmt(&*self.inner, f)
    }
}

impl<E: HttpError> From<E> for Error {
    #[track_caller]
    fn from(error: E) -> Self {
        Self::new(
            Cause::Http(Box::new(error)),
            Some(std::any::type_name::<E>()),
        )
    }
}

impl From<BoxError> for Error {
    /// An `Error` that had become a [`BoxError`] comes back as it was; from inside a longer chain, with all
    /// that it says.
    #[track_caller]
    fn from(error: BoxError) -> Self {
        match error.downcast::<ErrorObject>() {
            Ok(traveller) => traveller.into_error(),
            Err(error) if ErrorObject::find(&*error).is_some() => Self::from_report(error),
            Err(error) => Self::foreign(error, None),
        }
    }
}

impl From<Error> for BoxError {
    fn from(error: Error) -> Self {
        Box::new(ErrorObject::from(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_that_was_shown_takes_more_context() {
        let error = Error::msg("broken");
        assert_eq!(error.to_string(), "broken");
        assert_eq!(format!("{:#}", error.context("later")), "later: broken");
    }
}
