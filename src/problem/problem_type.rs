//! A kind of problem.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::Value;

/// A kind of problem that errors of one type can be, as documentation describes it before it occurs.
///
/// [`HttpError::catalogue`](crate::HttpError::catalogue) lists the kinds of an error type, and the derive
/// implements it; `backstop::utoipa::Responses` (feature `utoipa`) documents them.
///
/// ```
/// use backstop::problem::ProblemType;
/// use http::StatusCode;
///
/// let kind = ProblemType::new(StatusCode::NOT_FOUND)
///     .with_code("NO_PRODUCT")
///     .with_title("No such product");
/// assert_eq!(kind.code().unwrap(), "NO_PRODUCT");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemType {
    status: StatusCode,
    code: Option<Value>,
    title: Option<Cow<'static, str>>,
    type_uri: Option<Cow<'static, str>>,
    is_public: Option<bool>,
}

impl ProblemType {
    /// A kind of problem that is only known by its status.
    #[must_use]
    pub const fn new(status: StatusCode) -> Self {
        Self {
            status,
            code: None,
            title: None,
            type_uri: None,
            is_public: None,
        }
    }

    /// Sets the machine-readable code, a string or a number.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Value>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets the short summary (RFC 9457, section 3.1.3).
    #[must_use]
    pub fn with_title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets the type, a URI reference (RFC 9457, section 3.1.1).
    #[must_use]
    pub fn with_type(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.type_uri = Some(uri.into());
        self
    }

    /// Sets whether clients see more than the status. Default: below 500.
    #[must_use]
    pub const fn with_public(mut self, is_public: bool) -> Self {
        self.is_public = Some(is_public);
        self
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The machine-readable code.
    #[must_use]
    pub const fn code(&self) -> Option<&Value> {
        self.code.as_ref()
    }

    /// The short summary.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The type.
    #[must_use]
    pub fn type_uri(&self) -> Option<&str> {
        self.type_uri.as_deref()
    }

    /// Whether clients see more than the status.
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.is_public
            .unwrap_or_else(|| self.status.is_client_error())
    }
}
