//! [`ConfigError`]: an invalid setting.

use std::fmt;

/// An invalid setting. The error names the setting, says what is wrong with its value, and how to fix it.
///
/// ```
/// use backstop::Backstop;
/// use backstop::settings::Reporting;
///
/// let error = Backstop::production()
///     .reporting(Reporting::new().sample_rate(20.0))
///     .build()
///     .unwrap_err();
/// assert_eq!(error.setting(), "sample_rate");
/// assert_eq!(error.to_string(), "sample_rate: the sample rate must be between 0.0 and 1.0, got 20");
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    kind: ConfigErrorKind,
    setting: &'static str,
    message: String,
}

/// What is wrong with a setting.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum ConfigErrorKind {
    /// A name that Backstop itself uses.
    ReservedName,
    /// A value that is not valid for the setting.
    InvalidValue,
    /// A format that the shape does not support.
    UnavailableFormat,
}

impl ConfigError {
    pub(crate) fn new(
        kind: ConfigErrorKind,
        setting: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            setting,
            message: message.into(),
        }
    }

    pub(crate) fn invalid(setting: &'static str, message: impl Into<String>) -> Self {
        Self::new(ConfigErrorKind::InvalidValue, setting, message)
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> ConfigErrorKind {
        self.kind
    }

    /// The name of the setter, or of the environment variable.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.setting
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.setting, self.message)
    }
}

impl std::error::Error for ConfigError {}
