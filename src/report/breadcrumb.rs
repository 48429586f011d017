//! What happened before a failure: breadcrumbs and log lines.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::severity::Severity;
use crate::identity::now_millis;
use crate::problem::to_value;

/// One step on the way to a failure; see [`Scope::add_breadcrumb`](crate::Scope::add_breadcrumb).
///
/// ```
/// use backstop::Scope;
/// use backstop::report::{Breadcrumb, BreadcrumbKind, Severity};
/// use serde_json::json;
///
/// let scope = Scope::current();
/// scope.add_breadcrumb("loaded the cart");
/// scope.add_breadcrumb(
///     Breadcrumb::new("asked the warehouse")
///         .with_kind(BreadcrumbKind::Request)
///         .with_level(Severity::Warning)
///         .with_data(json!({"attempt": 2})),
/// );
/// ```
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Breadcrumb {
    /// When the step was taken, in milliseconds since 1970 (UTC).
    pub timestamp: u64,
    /// What happened; a scope keeps at most 1 KiB of it.
    pub message: Cow<'static, str>,
    /// What kind of step it was.
    pub kind: BreadcrumbKind,
    /// How severe it was.
    pub level: Severity,
    /// Further details; a scope keeps at most 16 KiB of them.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
}

/// What kind of step a [`Breadcrumb`] records.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum BreadcrumbKind {
    /// A log event.
    Log,
    /// A request to another service.
    Request,
    /// A database query.
    Query,
    /// An action of the user.
    User,
    /// A change of state.
    State,
    /// A process or a job.
    Process,
    /// An error that was handled.
    Error,
    /// A breadcrumb that the application added itself, or one of a kind that only a later version of Backstop knows.
    #[default]
    #[serde(other)]
    Manual,
}

impl Breadcrumb {
    /// Creates a breadcrumb with the current time, the kind [`Manual`](BreadcrumbKind::Manual) and the level
    /// [`Info`](Severity::Info).
    #[must_use]
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            timestamp: now_millis(),
            message: message.into(),
            kind: BreadcrumbKind::default(),
            level: Severity::Info,
            data: Map::new(),
        }
    }

    /// Sets what kind of step it was.
    #[must_use]
    pub const fn with_kind(mut self, kind: BreadcrumbKind) -> Self {
        self.kind = kind;
        self
    }

    /// Sets how severe it was.
    #[must_use]
    pub const fn with_level(mut self, level: Severity) -> Self {
        self.level = level;
        self
    }

    /// Adds the members of an object to the data; anything else becomes the member `value`. Data that cannot
    /// be serialized is ignored.
    #[must_use]
    pub fn with_data(mut self, data: impl Serialize) -> Self {
        match to_value(data) {
            Some(Value::Object(members)) => self.data.extend(members),
            Some(value) => {
                self.data.insert("value".to_owned(), value);
            }
            None => {}
        }
        self
    }
}

impl From<&str> for Breadcrumb {
    fn from(message: &str) -> Self {
        Self::new(message.to_owned())
    }
}

impl From<String> for Breadcrumb {
    fn from(message: String) -> Self {
        Self::new(message)
    }
}

impl From<Cow<'static, str>> for Breadcrumb {
    fn from(message: Cow<'static, str>) -> Self {
        Self::new(message)
    }
}

/// A line of the application's log that is sent with a report; see [`Scope::log`](crate::Scope::log).
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[non_exhaustive]
pub struct LogLine {
    /// When it was written, in milliseconds since 1970 (UTC).
    pub timestamp: u64,
    /// How severe it is.
    pub level: Severity,
    /// The text; a scope keeps at most 1 KiB of it.
    pub message: String,
}

impl LogLine {
    /// Creates a line with the current time.
    #[must_use]
    pub fn new(level: Severity, message: impl Into<String>) -> Self {
        Self {
            timestamp: now_millis(),
            level,
            message: message.into(),
        }
    }
}
