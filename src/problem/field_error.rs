//! One invalid part of a request.

use std::borrow::Cow;

use serde_json::Value;

use super::depth::limit_depth;
use super::pointer::Pointer;

/// One invalid part of a request, as the member `errors` of a problem document lists it:
/// `{"detail": "must not be empty", "pointer": "#/items/0/name", "code": "length"}`.
///
/// [`HttpError::errors`](crate::HttpError::errors) returns them, and
/// [`Error::with_errors`](crate::Error::with_errors) adds them to an error.
///
/// ```
/// use backstop::Error;
/// use backstop::problem::FieldError;
///
/// let taken = FieldError::new("is already registered")
///     .with_pointer(["users", "0", "email"])
///     .with_code("TAKEN");
/// assert_eq!(taken.pointer(), Some("#/users/0/email"));
/// let error = Error::conflict("that user exists").with_errors([taken]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FieldError {
    detail: Cow<'static, str>,
    pointer: Option<String>,
    parameter: Option<Cow<'static, str>>,
    code: Option<Value>,
}

impl FieldError {
    /// An invalid part, with a text for the client.
    #[must_use]
    pub fn new(detail: impl Into<Cow<'static, str>>) -> Self {
        Self {
            detail: detail.into(),
            pointer: None,
            parameter: None,
            code: None,
        }
    }

    /// Sets where it is in the request's content: the keys and indexes from the outside in. They become a JSON Pointer
    /// (RFC 6901) as a URI fragment, which escapes them.
    #[must_use]
    pub fn with_pointer(mut self, path: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        let root = Pointer::root();
        let pointer = path
            .into_iter()
            .fold(root, |at, name| at.join(name.as_ref()));
        self.pointer = Some(pointer.to_string());
        self
    }

    /// Sets the parameter of the query or the path that is invalid.
    #[must_use]
    pub fn with_parameter(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.parameter = Some(name.into());
        self
    }

    /// Sets a machine-readable code, a string or a number.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<Value>) -> Self {
        self.code = Some(limit_depth(code.into()));
        self
    }

    /// The text for the client.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// Where it is in the request's content: a JSON Pointer as a URI fragment.
    #[must_use]
    pub fn pointer(&self) -> Option<&str> {
        self.pointer.as_deref()
    }

    /// The parameter of the query or the path that is invalid.
    #[must_use]
    pub fn parameter(&self) -> Option<&str> {
        self.parameter.as_deref()
    }

    /// The machine-readable code.
    #[must_use]
    pub const fn code(&self) -> Option<&Value> {
        self.code.as_ref()
    }
}
