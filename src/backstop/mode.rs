//! Production or development.

use super::ConfigError;

/// How much is shown unless a setting says otherwise.
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
            _ => Err(ConfigError::invalid(
                VARIABLE,
                format!(
                    "{mode:?} is no mode; set it to `production` or `development`, or leave it out for production"
                ),
            )),
        }
    }
}
