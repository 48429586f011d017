//! The errors of a report.

use serde::{Deserialize, Serialize};

use crate::backtrace::SourceLocation;

/// One error of a report's cause chain.
///
/// ```
/// use backstop::report::{ReportError, SourceLocation};
///
/// let error = ReportError::new("out of stock")
///     .with_type("shop::StockError")
///     .with_location(SourceLocation::new("src/stock.rs", 12, 5));
/// assert_eq!(error.location.unwrap().line(), 12);
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ReportError {
    /// The Rust type, as returned by [`std::any::type_name`], if it is known; serialized as `type`.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_name: Option<String>,
    /// The error's own message, without those of its causes.
    pub message: String,
    /// Where the error was created, if that is known; serialized as `file:line:column`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<SourceLocation>,
}

impl ReportError {
    /// Creates an error with only a message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            type_name: None,
            message: message.into(),
            location: None,
        }
    }

    /// Sets the name of the error's type.
    #[must_use]
    pub fn with_type(mut self, type_name: impl Into<String>) -> Self {
        self.type_name = Some(type_name.into());
        self
    }

    /// Sets where the error was created.
    #[must_use]
    pub fn with_location(mut self, location: SourceLocation) -> Self {
        self.location = Some(location);
        self
    }
}

impl From<&str> for ReportError {
    fn from(message: &str) -> Self {
        Self::new(message)
    }
}

impl From<String> for ReportError {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}
