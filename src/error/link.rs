//! One link of a cause chain.

use std::borrow::Cow;

use serde::Serialize;

use crate::backtrace::SourceLocation;

/// One link of a cause chain: an error, one of its sources, or a context.
/// [`Failure::chain`](crate::Failure::chain) lists them, outermost first.
///
/// It serializes to `{"type": …, "message": …, "at": "file:line:column"}`, without what is unknown.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Link {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    type_name: Option<Cow<'static, str>>,
    message: String,
    #[serde(rename = "at", skip_serializing_if = "Option::is_none")]
    location: Option<SourceLocation>,
}

impl Link {
    pub(super) fn new(
        type_name: Option<&'static str>,
        message: String,
        location: Option<SourceLocation>,
    ) -> Self {
        Self {
            type_name: type_name.map(Cow::Borrowed),
            message,
            location,
        }
    }

    /// The same link with another message.
    pub(crate) fn with_message(mut self, message: String) -> Self {
        self.message = message;
        self
    }

    pub(super) fn set_location(&mut self, location: SourceLocation) {
        self.location = Some(location);
    }

    /// The Rust type of the error, as [`std::any::type_name`] gives it. It is unknown for sources, which are
    /// `dyn Error`, and for contexts.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        self.type_name.as_deref()
    }

    /// The error's `Display` text, or the context.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The location of the `?`, `.context(…)` or `Error::msg(…)` that created the link.
    #[must_use]
    pub const fn location(&self) -> Option<&SourceLocation> {
        self.location.as_ref()
    }
}
