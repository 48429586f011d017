//! How an error type declares its response.

use std::any::Any;
use std::borrow::Cow;
use std::error::Error as StdError;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::exposure::Exposure;
use crate::problem::{FieldError, ProblemType};

/// An error that declares its response. Every method has a safe default.
///
/// Implement it for an error type of your own beside [`std::error::Error`], or derive it
/// (`#[derive(HttpError)]`, feature `derive`). `?` then converts the type to [`Error`](crate::Error), and
/// [`respond`](crate::respond) makes a response of it.
///
/// There is no implementation for every `std::error::Error`, because then an error type without a declared status would
/// silently be a 500. [`ResultExt`](crate::ResultExt) says what such an error means where it occurs.
///
/// | method | shown to clients |
/// | --- | --- |
/// | [`status`](Self::status) | always; outside 400–599 it becomes 500 |
/// | `Display`, [`detail`](Self::detail), [`title`](Self::title), [`code`](Self::code), [`details`](Self::details), [`errors`](Self::errors), [`type_uri`](Self::type_uri) | below 500, or if [`exposure`](Self::exposure) is [`Public`](Exposure::Public) |
/// | [`fields`](Self::fields) | those that [`safe_fields`](crate::Builder::safe_fields) names |
/// | [`headers`](Self::headers) | always |
///
/// ```
/// use backstop::HttpError;
/// use http::StatusCode;
///
/// #[derive(Debug)]
/// struct OutOfStock(u32);
///
/// impl std::fmt::Display for OutOfStock {
///     fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
///         write!(f, "only {} left", self.0)
///     }
/// }
///
/// impl std::error::Error for OutOfStock {}
///
/// impl HttpError for OutOfStock {
///     fn status(&self) -> StatusCode {
///         StatusCode::CONFLICT
///     }
/// }
///
/// fn buy() -> backstop::Result<()> {
///     Err(OutOfStock(2))?
/// }
///
/// let error = buy().unwrap_err();
/// assert_eq!(error.status(), StatusCode::CONFLICT);
/// assert!(error.downcast_ref::<OutOfStock>().is_some());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `HttpError`",
    label = "`{Self}` does not implement `HttpError`; use `.or_mapped()?`, `.or_status(…)?` or `.or_internal(…)?`, or `.map_err(backstop::BoxError::from)?` if it is not a standard error",
    note = "`.or_mapped()?` leaves the status to `map_error`, `.or_status(StatusCode::…)?` sets it, `.or_internal(\"doing what\")?` responds with 500; all are in `backstop::prelude`",
    note = "for a type of your own, add `#[derive(HttpError)]` or implement `HttpError`; for another crate's, see the features of backstop"
)]
pub trait HttpError: StdError + Send + Sync + 'static {
    /// The status of the response. Default: 500.
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    /// A machine-readable code, a string or a number: `"OUT_OF_STOCK"`. Default: none.
    fn code(&self) -> Option<Value> {
        None
    }

    /// The name that the error has in the envelope shapes, like `ValidationError`. Default: none.
    fn name(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// A short summary of the kind of problem, the same for every occurrence (RFC 9457, section 3.1.3). Default: the
    /// reason phrase of the status.
    fn title(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// The text that clients read about this occurrence (RFC 9457, section 3.1.4). Default: the `Display` text.
    fn detail(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// The type of the problem, any URI reference (RFC 9457, section 3.1.1). Default: none, which means `about:blank`.
    fn type_uri(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// More for clients, as JSON: which fields are invalid, for example. Default: none.
    fn details(&self) -> Option<Value> {
        None
    }

    /// The parts of the request that are invalid. A problem document lists them as `errors`, each with a pointer or the
    /// name of a parameter. They are shown or hidden like the other texts of the error. Default: none.
    fn errors(&self) -> Vec<FieldError> {
        Vec::new()
    }

    /// What developers can do about it, on the development page and in its other formats. Clients never see it, and
    /// neither do reports contain it. Default: none.
    fn help(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// Fields for reports and the development page, by key. Clients see those that
    /// [`safe_fields`](crate::Builder::safe_fields) names. Default: none.
    fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        Vec::new()
    }

    /// Headers for the response, like `Retry-After`. They replace those of the same name that the response has.
    /// Default: none.
    fn headers(&self) -> HeaderMap {
        HeaderMap::new()
    }

    /// Whether clients see what the error says. Default: it depends on the status.
    fn exposure(&self) -> Exposure {
        Exposure::ByStatus
    }

    /// Whether the failure is expected: it is logged at DEBUG level and not reported, whatever its status; see
    /// [`Error::expected`](crate::Error::expected). Default: `false`.
    fn is_expected(&self) -> bool {
        false
    }

    /// Whether the error was not written for HTTP clients, like the errors of a database driver. Its text is then hidden
    /// whatever the status, and [`map_error`](crate::Builder::map_error) takes precedence over
    /// [`status`](Self::status). Default: `false`.
    fn is_foreign(&self) -> bool {
        false
    }

    /// Whether the error declares its [`status`](Self::status). If not, [`map_error`](crate::Builder::map_error) decides
    /// first what an error in its cause chain means. The derive declares one for each variant that has a `status`.
    /// Default: `true`.
    fn has_status(&self) -> bool {
        true
    }

    /// The error that this one only forwards, as `#[http(transparent)]` does. `Display` and `source` skip it, so this
    /// is how [`map_error`](crate::Builder::map_error) and [`downcast_ref`](crate::Error::downcast_ref) find it.
    /// Default: none.
    fn transparent_over(&self) -> Option<&(dyn HttpError + 'static)> {
        None
    }

    /// What this error forwards that cannot implement this trait.
    #[doc(hidden)]
    fn __forwarded(&self) -> Option<Forwarded<'_>> {
        None
    }

    /// Whether the error only lists [`errors`](Self::errors), so that its own text, which may quote what the client
    /// sent, is not needed.
    #[doc(hidden)]
    fn __is_list(&self) -> bool {
        false
    }

    /// The kinds of problem that errors of this type can be, for documentation. The derive lists the variants.
    /// Default: none.
    #[must_use]
    fn catalogue() -> Vec<ProblemType>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// What an error forwards that does not implement [`HttpError`], because it has a conversion of its own. Only derived
/// code makes one.
#[doc(hidden)]
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "not part of the public API")]
pub enum Forwarded<'a> {
    /// An [`Error`](crate::Error) or a [`Problem`](crate::Problem), which is the response.
    Value(&'a dyn Any),
    /// A box or a report, whose cause chain may contain an [`Error`](crate::Error).
    Report(&'a (dyn StdError + 'static)),
    /// An error that `source()` skips.
    Skipped(&'a (dyn StdError + 'static)),
}
