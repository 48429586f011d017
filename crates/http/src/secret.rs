//! Values that must not appear in any log, error or `Debug` output.

use std::fmt;

use http::HeaderValue;
use http::header::InvalidHeaderValue;

/// A key, a token or a URL that contains one. Its `Debug` output is `[REDACTED]`.
///
/// ```
/// use backstop_http::Secret;
///
/// let token = Secret::new("s3cr3t\n");
/// assert_eq!(token.expose(), "s3cr3t");
/// assert_eq!(format!("{token:?}"), "[REDACTED]");
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret, and trims the whitespace around it, which files and environment variables tend to add.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into().trim().to_owned())
    }

    /// Reads an environment variable. If it is not set, the secret is empty.
    #[must_use]
    pub fn from_env(variable: &str) -> Self {
        Self::new(std::env::var(variable).unwrap_or_default())
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret as the value of a header, after a prefix such as `Bearer `, marked as sensitive.
    ///
    /// # Errors
    ///
    /// If the secret contains characters that are not valid in a header.
    pub fn to_header(&self, prefix: &str) -> Result<HeaderValue, InvalidHeaderValue> {
        let mut value = HeaderValue::try_from(format!("{prefix}{}", self.0))?;
        value.set_sensitive(true);
        Ok(value)
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
    fn a_header_made_of_a_secret_does_not_show_it() {
        let header = Secret::new("s3cr3t").to_header("Bearer ").unwrap();
        assert_eq!(header, "Bearer s3cr3t");
        assert!(!format!("{header:?}").contains("s3cr3t"));
        assert!(Secret::new("s3\ncr3t").to_header("").is_err());
    }
}
