//! A bad setting, found when the Backstop is built.

use std::fmt;

/// A setting that can't work: which one, why, and what would.
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
    /// A name that Backstop uses itself.
    ReservedName,
    /// A value that can't be what the setting is for.
    InvalidValue,
    /// A format that the shape does not have, or that needs a feature.
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

    /// The setter, or the environment variable, that was given the value.
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
