//! How an error says what it answers.

use std::borrow::Cow;
use std::error::Error as StdError;

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::problem::ProblemType;

/// An error that knows its answer: the facts that a response is made of, each with a safe default.
///
/// Implement it beside [`std::error::Error`] for an error of your own, or derive it
/// (`#[derive(HttpError)]`, feature `derive`); `?` then turns
/// it into [`Error`](crate::Error). Nothing is implemented for every `std::error::Error`: through such
/// an impl, a 404 that somebody forgot to declare would silently become a 500, and the other way round.
///
/// | fact | shown to clients |
/// | --- | --- |
/// | [`status`](Self::status) | always; outside 400–599 it becomes 500 |
/// | message (`Display`), [`detail`](Self::detail), [`title`](Self::title), [`code`](Self::code), [`details`](Self::details), [`type_uri`](Self::type_uri) | below 500, or when [public](Exposure::Public) |
/// | [`fields`](Self::fields) | those named by [`safe_fields`](crate::Builder::safe_fields) |
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
/// assert!(buy().unwrap_err().downcast_ref::<OutOfStock>().is_some());
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not implement `HttpError`",
    label = "`{Self}` does not implement `HttpError`; use `.or_status(…)?` or `.or_internal(…)?`, or derive it",
    note = "`.or_status(StatusCode::…)?` responds with that status, `.or_internal(\"doing what\")?` with 500; both are in `backstop::prelude`",
    note = "for a type of your own, add `#[derive(HttpError)]` or implement `HttpError`"
)]
pub trait HttpError: StdError + Send + Sync + 'static {
    /// The status of the answer. Default: 500.
    fn status(&self) -> StatusCode {
        StatusCode::INTERNAL_SERVER_ERROR
    }

    /// A code for programs, a string or a number: `"OUT_OF_STOCK"`. Default: none.
    fn code(&self) -> Option<Value> {
        None
    }

    /// The error's name in the envelope shapes, like `ValidationError`. Default: none.
    fn name(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// A short summary of the kind of problem, the same at each occurrence (RFC 9457, section 3.1.3).
    /// Default: the status's reason phrase.
    fn title(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// What the client should read of this occurrence (RFC 9457, section 3.1.4).
    /// Default: the error's `Display` text.
    fn detail(&self) -> Option<String> {
        None
    }

    /// The problem's type, any URI reference (RFC 9457, section 3.1.1). Default: none, which means
    /// `about:blank`.
    fn type_uri(&self) -> Option<Cow<'static, str>> {
        None
    }

    /// More for the client, any JSON: which fields were wrong, for example. Default: none.
    fn details(&self) -> Option<Value> {
        None
    }

    /// Facts for the owner, by name. A client sees those that
    /// [`safe_fields`](crate::Builder::safe_fields) names. Default: none.
    fn fields(&self) -> Vec<(Cow<'static, str>, Value)> {
        Vec::new()
    }

    /// Headers of the answer, like `Retry-After`; they win over the response's own. Default: none.
    fn headers(&self) -> HeaderMap {
        HeaderMap::new()
    }

    /// Whether the answer shows the error's facts. Default: by its status.
    fn exposure(&self) -> Exposure {
        Exposure::ByStatus
    }

    /// Whether the error was written for something else than HTTP clients, as a database driver's is:
    /// its text then stays hidden on any status, and [`map_status`](crate::Builder::map_status) decides
    /// before [`status`](Self::status). Default: `false`.
    fn is_foreign(&self) -> bool {
        false
    }

    /// The error that this one only passes on, as `#[http(transparent)]` does. `Display` and `source` skip
    /// it, so this is how [`map_status`](crate::Builder::map_status) and
    /// [`downcast_ref`](crate::Error::downcast_ref) find it. Default: none.
    fn transparent_over(&self) -> Option<&(dyn HttpError + 'static)> {
        None
    }

    /// The kinds of problem that errors of this type can be, for documentation; the derive lists the
    /// variants. Default: none.
    #[must_use]
    fn catalogue() -> Vec<ProblemType>
    where
        Self: Sized,
    {
        Vec::new()
    }
}

/// Whether an answer shows what its error says.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Exposure {
    /// Shown below 500, hidden from 500 on.
    #[default]
    ByStatus,
    /// Shown, whatever the status.
    Public,
    /// Hidden, whatever the status.
    Private,
}
