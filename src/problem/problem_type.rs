//! A kind of problem, apart from its occurrences.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::Value;

/// One kind of problem that a type of error can be: what documentation says of it before it happens.
///
/// [`HttpError::catalogue`](crate::HttpError::catalogue) lists them; the derive writes that list.
///
/// ```
/// use backstop::problem::ProblemType;
/// use http::StatusCode;
///
/// let kind = ProblemType::new(StatusCode::NOT_FOUND).code("NO_PRODUCT").title("No such product");
/// assert_eq!(kind.code_ref().unwrap(), "NO_PRODUCT");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemType {
    status: StatusCode,
    code: Option<Value>,
    title: Option<Cow<'static, str>>,
    type_uri: Option<Cow<'static, str>>,
    is_shown: Option<bool>,
}

impl ProblemType {
    /// The kind of which no more is known than its status.
    #[must_use]
    pub const fn new(status: StatusCode) -> Self {
        Self {
            status,
            code: None,
            title: None,
            type_uri: None,
            is_shown: None,
        }
    }

    /// Sets the code for programs.
    #[must_use]
    pub fn code(mut self, code: impl Into<Value>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Sets the summary (RFC 9457, section 3.1.3).
    #[must_use]
    pub fn title(mut self, title: impl Into<Cow<'static, str>>) -> Self {
        self.title = Some(title.into());
        self
    }

    /// Sets the type (RFC 9457, section 3.1.1).
    #[must_use]
    pub fn type_uri(mut self, uri: impl Into<Cow<'static, str>>) -> Self {
        self.type_uri = Some(uri.into());
        self
    }

    /// Says whether clients see more than the status, where that does not follow from the status.
    #[must_use]
    pub const fn shown(mut self, is_shown: bool) -> Self {
        self.is_shown = Some(is_shown);
        self
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The code.
    #[must_use]
    pub const fn code_ref(&self) -> Option<&Value> {
        self.code.as_ref()
    }

    /// The summary.
    #[must_use]
    pub fn title_ref(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The type.
    #[must_use]
    pub fn type_ref(&self) -> Option<&str> {
        self.type_uri.as_deref()
    }

    /// Whether clients see more of it than the status: below 500, unless something else was said.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.is_shown
            .unwrap_or_else(|| self.status.is_client_error())
    }
}
