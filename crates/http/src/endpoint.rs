//! Where reports are sent to.

use std::fmt;

use reqwest::Url;

use crate::error::BoxError;

/// A URL that reports can be sent to. Path and query may hold a token, so `Debug` shows neither.
#[derive(Clone, Eq, PartialEq)]
pub(in crate::reporters) struct Endpoint(Url);

impl Endpoint {
    /// # Errors
    ///
    /// What is wrong, without the URL, which may hold a token.
    pub(in crate::reporters) fn parse(text: &str) -> Result<Self, BoxError> {
        let url: Url = text.trim().parse().map_err(|error| {
            format!("the endpoint is no URL ({error}); give one like https://host/path")
        })?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("the endpoint has to start with https:// or http://".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the endpoint must not hold a user or a password; leave them out".into());
        }
        if url.fragment().is_some() {
            return Err("the endpoint must not have a fragment; leave out all from the #".into());
        }
        Ok(Self(url))
    }

    pub(in crate::reporters) const fn url(&self) -> &Url {
        &self.0
    }

    /// The same with another path or query.
    #[cfg(any(feature = "airbrake", feature = "backtrace-io", feature = "sentry"))]
    pub(in crate::reporters) fn with(mut self, change: impl FnOnce(&mut Url)) -> Self {
        change(&mut self.0);
        self
    }

    /// Whether nothing is encrypted on the way, so that no certificates are needed.
    pub(super) fn is_plain(&self) -> bool {
        self.0.scheme() == "http"
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.origin().ascii_serialization())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_the_origin_alone() {
        let endpoint = Endpoint::parse("https://proxy.example:8443/s3cr3t?token=s3cr3t").unwrap();
        assert_eq!(format!("{endpoint:?}"), "https://proxy.example:8443");
    }

    #[test]
    fn what_nothing_can_be_sent_to_is_refused_without_being_repeated() {
        for text in [
            "",
            "s3cr3t",
            "ftp://s3cr3t/",
            "https://me:s3cr3t@host/",
            "https://host/#s3cr3t",
            "https://:s3cr3t/",
        ] {
            let error = Endpoint::parse(text).unwrap_err().to_string();
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }
}
