//! Production or development.

use super::config_error::ConfigError;

/// Decides the defaults of the settings that are not set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    Production,
    Development,
}

impl Mode {
    pub(super) fn from_env() -> Result<Self, ConfigError> {
        const VARIABLE: &str = "BACKSTOP_MODE";
        let mode = std::env::var_os(VARIABLE).unwrap_or_default();
        match mode.to_str() {
            Some("" | "production") => Ok(Self::Production),
            Some("development") => Ok(Self::Development),
            _ => {
                let message =
                    format!("unknown mode {mode:?}; expected `production` or `development`");
                Err(ConfigError::invalid(VARIABLE, message))
            }
        }
    }

    pub(super) fn is_development(self) -> bool {
        self == Self::Development
    }
}
