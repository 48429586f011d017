//! The severity of reports, breadcrumbs and log lines.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// The severity of a report, a breadcrumb or a log line, ordered from the least to the most severe.
///
/// ```
/// use backstop::report::Severity;
///
/// assert!(Severity::Error > Severity::Warning);
/// ```
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[non_exhaustive]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Something failed, and the application dealt with it.
    Warning,
    /// A request or a task failed.
    Error,
    /// The process is about to end.
    Fatal,
}

impl Severity {
    /// Returns the name, which is also the serialized form: `info`, `warning`, `error` or `fatal`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }
}

/// A severity that only a later version knows, in a report that it left in a spool, is an [`Error`](Severity::Error).
impl<'de> Deserialize<'de> for Severity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        let known = [Self::Info, Self::Warning, Self::Error, Self::Fatal];
        let known = known.into_iter().find(|it| it.as_str() == name);
        Ok(known.unwrap_or(Self::Error))
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
