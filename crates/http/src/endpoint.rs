//! The URL that reports are sent to.

use std::fmt;

use backstop::BoxError;
use url::Url;

/// A URL that reports can be sent to: `http` or `https`, with a host, and without a user, password or fragment.
///
/// The path and the query may contain a token, so the `Debug` output shows only the origin, and no error repeats the
/// URL.
///
/// ```
/// use backstop_http::Endpoint;
///
/// let endpoint = Endpoint::parse("https://tracker.example.com/errors/?token=s3cr3t")?.join("api/reports");
/// assert_eq!(endpoint.url().as_str(), "https://tracker.example.com/errors/api/reports?token=s3cr3t");
/// assert_eq!(format!("{endpoint:?}"), "https://tracker.example.com");
/// # Ok::<(), backstop::BoxError>(())
/// ```
#[derive(Clone, Eq, PartialEq)]
pub struct Endpoint(Url);

impl Endpoint {
    /// Parses a URL.
    ///
    /// # Errors
    ///
    /// If the URL cannot be used. The message says what to use instead.
    pub fn parse(text: &str) -> Result<Self, BoxError> {
        let url: Url = text.trim().parse().map_err(|error| {
            format!("the endpoint is not a valid URL ({error}); use one like https://host/path")
        })?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err("the endpoint must start with https:// or http://".into());
        }
        let is_host_byte = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(&byte);
        if !url.host_str().unwrap_or_default().bytes().all(is_host_byte) {
            return Err("the endpoint has characters that no host has, such as a comma; give one URL like https://host/path".into());
        }
        if text.contains(",http") {
            return Err("the endpoint must be one URL; remove the comma and what follows".into());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("the endpoint must not contain a user or a password; remove them".into());
        }
        if url.fragment().is_some() {
            return Err(
                "the endpoint must not have a fragment; remove everything from the # on".into(),
            );
        }
        Ok(Self(url))
    }

    /// The URL, which may contain a token.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// Appends to the path, with one `/` in between; the query stays.
    #[must_use]
    pub fn join(self, path: &str) -> Self {
        self.edit(|url| {
            let joined = format!("{}/{path}", url.path().trim_end_matches('/'));
            url.set_path(&joined);
        })
    }

    /// Edits the path or the query.
    #[must_use]
    pub fn edit(mut self, change: impl FnOnce(&mut Url)) -> Self {
        change(&mut self.0);
        self
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
    fn debug_output_shows_the_origin_alone() {
        let endpoint = Endpoint::parse("https://proxy.example:8443/s3cr3t?token=s3cr3t").unwrap();
        assert_eq!(format!("{endpoint:?}"), "https://proxy.example:8443");
    }

    #[test]
    fn a_path_is_appended_with_one_slash() {
        for base in ["https://host", "https://host/"] {
            let endpoint = Endpoint::parse(base).unwrap().join("a/b/");
            assert_eq!(endpoint.url().as_str(), "https://host/a/b/");
        }
        let prefixed = Endpoint::parse("https://host/x/?y").unwrap().join("a");
        assert_eq!(prefixed.url().as_str(), "https://host/x/a?y");
    }

    #[test]
    fn a_url_that_cannot_work_is_refused_without_being_repeated() {
        for text in [
            "",
            "s3cr3t",
            "ftp://s3cr3t/",
            "https://me:s3cr3t@host/",
            "https://host/#s3cr3t",
            "https://:s3cr3t/",
            "https://s3cr3t,other/",
            "https://host/s3cr3t,https://other/",
        ] {
            let error = Endpoint::parse(text).unwrap_err().to_string();
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }
}
