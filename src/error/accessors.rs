//! The setters and getters of [`Error`].

use std::borrow::Cow;
use std::panic::Location;
use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::exposure::Exposure;
use super::handler_error::Error;
use super::object;
use super::overrides::Overrides;
use super::repr::Repr;
use super::status::StatusMap;
use crate::problem::{FieldError, limit_depth, reason_phrase, to_value};

/// Setters.
impl Error {
    /// Sets the status of the response. A status outside 400–599 becomes 500.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.repr_mut().status = Some(status);
        self
    }

    /// Sets a machine-readable code, a string or a number. Shown to clients below 500.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Value>) -> Self {
        self.overrides_mut().code = Some(limit_depth(code.into()));
        self
    }

    /// Sets the name that the error has in the envelope shapes, like `ValidationError`.
    #[must_use]
    pub fn with_name(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.overrides_mut().name = Some(name.into());
        self
    }

    /// Sets a short summary of the kind of problem (RFC 9457, section 3.1.3). Default: the reason phrase of the status.
    /// Shown to clients below 500.
    #[must_use]
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.overrides_mut().title = Some(title.into());
        self
    }

    /// Sets the text that clients read in place of the message (RFC 9457, section 3.1.4).
    ///
    /// It is shown below 500, even if the message of the error is foreign and therefore hidden.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.overrides_mut().detail = Some(detail.into());
        self
    }

    /// Sets the type of the problem, any URI reference (RFC 9457, section 3.1.1). Default: `about:blank`. Shown to
    /// clients below 500.
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.overrides_mut().type_uri = Some(uri.into());
        self
    }

    /// Sets the `details` member: anything that serializes to JSON. Shown to clients below 500. A value that fails to
    /// serialize is omitted.
    #[must_use]
    pub fn with_details(mut self, details: impl Serialize) -> Self {
        self.overrides_mut().details = to_value(details).map(limit_depth);
        self
    }

    /// Adds parts of the request that are invalid. A problem document lists them as `errors`, an envelope as `details`.
    /// They are shown or hidden like what the error itself says.
    #[must_use]
    pub fn with_errors(mut self, errors: impl IntoIterator<Item = FieldError>) -> Self {
        let repr = self.repr_mut();
        let items = errors
            .into_iter()
            .map(|it| Arc::new(Repr::field_error(&it)));
        repr.items.extend(items);
        self
    }

    /// Sets a field for reports and the development page. Clients see it if
    /// [`safe_fields`](crate::Builder::safe_fields) names its key.
    #[must_use]
    pub fn with_field(
        mut self,
        key: impl Into<Cow<'static, str>>,
        value: impl Into<Value>,
    ) -> Self {
        let (key, value) = (key.into(), limit_depth(value.into()));
        self.overrides_mut().fields.set(key, value);
        self
    }

    /// Adds a header to the response. It replaces a header of that name that the response has; several values of one
    /// name are all sent, and cookies of others stay.
    ///
    /// Ignored are headers that describe the body or belong to the connection, `X-Content-Type-Options` and
    /// `x-error-id`: the response has its own. A 416 may set `Content-Range`, and a 426 `Upgrade` and `Connection`.
    /// `Cache-Control` replaces the `no-store` of error responses:
    ///
    /// ```
    /// use backstop::Error;
    /// use http::{HeaderValue, header::CACHE_CONTROL};
    ///
    /// let error = Error::not_found("no such product")
    ///     .with_header(CACHE_CONTROL, HeaderValue::from_static("public, max-age=60"));
    /// ```
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.overrides_mut().headers.append(name, value);
        self
    }

    /// Adds a context: what was being done when the error occurred, as a link on top of the cause chain, with its
    /// source location. Status, code and everything else stay the same. In production clients never see it.
    #[must_use]
    #[track_caller]
    pub fn with_context(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        let location = Location::caller();
        self.overrides_mut().contexts.push((text.into(), location));
        self
    }

    /// Sets the fingerprint that groups the error's reports. It takes precedence over that of the
    /// [scope](crate::Scope::set_fingerprint). Default: what distinguishes one bug from another; see
    /// [`Report::fingerprint`](crate::Report::fingerprint).
    #[must_use]
    pub fn with_fingerprint(mut self, fingerprint: impl Into<Cow<'static, str>>) -> Self {
        self.overrides_mut().fingerprint = Some(fingerprint.into());
        self
    }

    /// Shows clients what the error says (message, code, title, details) whatever its status, even if it is foreign.
    #[must_use]
    pub fn public(mut self) -> Self {
        self.repr_mut().exposure = Some(Exposure::Public);
        self
    }

    /// Hides what the error says from clients whatever its status, as for a 500.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.repr_mut().exposure = Some(Exposure::Private);
        self
    }

    /// Marks the failure as expected, like a readiness probe that is answered with 503, or a login that is rejected:
    /// it is logged at DEBUG level, counted as [`Expected`](crate::stats::Outcome::Expected), and not reported,
    /// whatever its status and whatever [`filter`](crate::settings::Reporting::filter) says. Clients see the same
    /// as without the mark.
    ///
    /// For a response that is not made from an `Error` there is [`layers::Expected`](crate::layers::Expected).
    ///
    /// ```
    /// use backstop::Error;
    ///
    /// async fn readiness(is_loaded: bool) -> backstop::Result<&'static str> {
    ///     if !is_loaded {
    ///         return Err(Error::unavailable("loading the model").public().expected());
    ///     }
    ///     Ok("ready")
    /// }
    /// ```
    #[must_use]
    pub fn expected(mut self) -> Self {
        self.repr_mut().is_expected = true;
        self
    }

    fn overrides_mut(&mut self) -> &mut Overrides {
        self.repr_mut().overrides_mut()
    }
}

/// Getters: what was set, else what the error says itself ([`HttpError`](crate::HttpError)).
impl Error {
    /// The status of the response, before [`map_error`](crate::Builder::map_error). 500 if nothing declares another.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusMap::default().status(self.repr())
    }

    /// What clients may read about the error in production: its detail or message below 500 or if it is public, else its
    /// title or the reason phrase of its status. It is for protocols that respond without the layer, like GraphQL.
    ///
    /// ```
    /// use backstop::Error;
    ///
    /// assert_eq!(Error::not_found("no such order").public_message(), "no such order");
    /// assert_eq!(Error::msg("the disk is full").public_message(), "Internal Server Error");
    /// ```
    #[must_use]
    pub fn public_message(&self) -> Cow<'static, str> {
        let (repr, status) = (self.repr(), self.status());
        let phrase = || Cow::Borrowed(reason_phrase(status));
        if !repr.is_disclosed(status) {
            return phrase();
        }
        let text = repr.client_text(self.exposure() == Exposure::Public);
        text.or_else(|| repr.title()).unwrap_or_else(phrase)
    }

    /// The machine-readable code.
    #[must_use]
    pub fn code(&self) -> Option<Value> {
        self.repr().code()
    }

    /// The name in the envelope shapes.
    #[must_use]
    pub fn name(&self) -> Option<Cow<'static, str>> {
        self.repr().name()
    }

    /// The summary of the kind of problem.
    #[must_use]
    pub fn title(&self) -> Option<Cow<'static, str>> {
        self.repr().title()
    }

    /// The text that clients read in place of the message, if there is one. The message is
    /// [`to_string()`](ToString::to_string).
    #[must_use]
    pub fn detail(&self) -> Option<Cow<'static, str>> {
        self.repr().detail()
    }

    /// The type of the problem.
    #[must_use]
    pub fn type_uri(&self) -> Option<Cow<'static, str>> {
        self.repr().type_uri()
    }

    /// The details.
    #[must_use]
    pub fn details(&self) -> Option<Value> {
        self.repr().details()
    }

    /// The fields, by key.
    #[must_use]
    pub fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        self.repr().fields()
    }

    /// The headers that it adds to the response, without those that [`with_header`](Self::with_header) ignores.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        self.repr().headers_for(self.status()).unwrap_or_default()
    }

    /// Whether the failure is expected; see [`expected`](Self::expected).
    #[must_use]
    pub fn is_expected(&self) -> bool {
        self.repr().is_expected()
    }

    /// The fingerprint that was set.
    #[must_use]
    pub fn fingerprint(&self) -> Option<&str> {
        object::fingerprint(self.repr())
    }

    /// Whether clients see what the error says.
    #[must_use]
    pub fn exposure(&self) -> Exposure {
        self.repr().exposure()
    }
}
