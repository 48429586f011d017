//! What no log, error or `Debug` may show.

use std::fmt;

/// A key or a token. Nothing prints it.
#[derive(Clone, Eq, PartialEq)]
pub(in crate::reporters) struct Secret(String);

impl Secret {
    /// Without the white space that comes along from files and variables.
    pub(in crate::reporters) fn new(text: impl Into<String>) -> Self {
        Self(text.into().trim().to_owned())
    }

    /// The value of an environment variable, empty if it is not set.
    #[cfg(any(feature = "airbrake", feature = "bugsnag", feature = "sentry"))]
    pub(in crate::reporters) fn from_env(variable: &str) -> Self {
        Self::new(std::env::var(variable).unwrap_or_default())
    }

    pub(in crate::reporters) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[REDACTED]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_shows_itself() {
        let secret = Secret::new(" s3cr3t\n");
        assert_eq!(secret.expose(), "s3cr3t");
        assert_eq!(format!("{secret:?}"), "[REDACTED]");
    }
}
