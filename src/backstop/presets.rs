//! Where a [`Builder`] starts: production or development.

use super::builder::Builder;
use super::config_error::ConfigError;
use super::handle::Backstop;
use super::mode::Mode;

impl Backstop {
    /// Starts a Backstop that hides from clients what production must hide.
    pub fn production() -> Builder {
        Builder::new(Mode::Production)
    }

    /// Starts a Backstop that shows every detail to clients on this machine, and to all others what production shows;
    /// see [`guide::local_clients`](crate::guide::local_clients).
    pub fn development() -> Builder {
        Builder::new(Mode::Development)
    }

    /// Starts a Backstop in the mode that the environment variable `BACKSTOP_MODE` names, `production` or
    /// `development`. Without the variable the mode is production.
    ///
    /// # Errors
    ///
    /// A [`ConfigError`] if the variable has another value.
    pub fn from_env() -> Result<Builder, ConfigError> {
        Mode::from_env().map(Builder::new)
    }
}
