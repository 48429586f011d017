//! The forms of backtrace.io's endpoints.

use std::borrow::Cow;

use backstop::BoxError;
use backstop_http::{Endpoint, Secret};
use url::Url;

/// The URL that reports in JSON are sent to.
pub(crate) fn resolve(endpoint: &Endpoint, token: &Secret) -> Result<Endpoint, BoxError> {
    let url = endpoint.url();
    if url.host_str() == Some("submit.backtrace.io") {
        // The token in the path is the one that counts.
        let segments: Vec<&str> = url.path().trim_matches('/').split('/').collect();
        return match segments[..] {
            [universe, token, "json"] if !universe.is_empty() && !token.is_empty() => {
                Ok(endpoint.clone())
            }
            _ => {
                Err("at submit.backtrace.io the endpoint must end with /universe/token/json".into())
            }
        };
    }
    let token = token.expose();
    let value = |key: &str| {
        let mut pairs = url.query_pairs();
        pairs.find(|(name, _)| name == key).map(|(_, value)| value)
    };
    let (in_url, format) = (value("token"), value("format"));
    if format.as_ref().is_some_and(|format| format != "json") {
        return Err("the format of the endpoint must be json".into());
    }
    if token.is_empty() && in_url.as_ref().is_none_or(|token| token.is_empty()) {
        return Err(
            "there is no token; use one that may `error:post`, or an endpoint that contains it"
                .into(),
        );
    }
    if !token
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    {
        return Err("the token has characters that no token has; copy it again".into());
    }
    let is_whole = in_url
        .as_ref()
        .is_some_and(|own| token.is_empty() || own == token);
    if is_whole && format.is_some() {
        return Ok(endpoint.clone());
    }
    let token = if is_whole {
        in_url.unwrap_or_default()
    } else {
        Cow::Borrowed(token)
    };
    let token = token.into_owned();
    Ok(endpoint.clone().edit(|url| add_token(url, &token)))
}

/// Appends `/post` if it is missing, and puts format and token before the other fields of the query.
fn add_token(url: &mut Url, token: &str) {
    let others = url.query_pairs().into_owned();
    let others: Vec<(String, String)> = others
        .filter(|(key, _)| key != "token" && key != "format")
        .collect();
    let prefix = url.path().trim_end_matches('/');
    if prefix.rsplit('/').next() != Some("post") {
        let path = format!("{prefix}/post");
        url.set_path(&path);
    }
    let mut query = url.query_pairs_mut();
    query
        .clear()
        .append_pair("format", "json")
        .append_pair("token", token);
    query.extend_pairs(others);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(endpoint: &str, token: &str) -> Result<String, String> {
        Endpoint::parse(endpoint)
            .and_then(|endpoint| resolve(&endpoint, &Secret::new(token)))
            .map(|endpoint| endpoint.url().to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn every_form_is_understood_and_prefixes_and_other_fields_are_kept() {
        let submit = "https://submit.backtrace.io/shop/0123abcd/json";
        for (endpoint, token, want) in [
            (submit, "", submit),
            (submit, "other", submit),
            (
                "https://shop.sp.backtrace.io:6098",
                "abc",
                "https://shop.sp.backtrace.io:6098/post?format=json&token=abc",
            ),
            (
                "http://bt.local:6097/",
                "abc",
                "http://bt.local:6097/post?format=json&token=abc",
            ),
            (
                "https://proxy/bt/",
                "abc",
                "https://proxy/bt/post?format=json&token=abc",
            ),
            (
                "https://bt.local:6098/api/post",
                "abc",
                "https://bt.local:6098/api/post?format=json&token=abc",
            ),
            (
                "https://proxy/bt/post?token=abc&format=json&_mod_sync=1",
                "",
                "https://proxy/bt/post?token=abc&format=json&_mod_sync=1",
            ),
            (
                "https://proxy/bt/post?token=abc&format=json",
                "abc",
                "https://proxy/bt/post?token=abc&format=json",
            ),
            (
                "https://proxy/bt/post?format=json&token=old&team=a%20b",
                "new",
                "https://proxy/bt/post?format=json&token=new&team=a+b",
            ),
            (
                "https://bt.local:6098/?token=abc",
                "",
                "https://bt.local:6098/post?format=json&token=abc",
            ),
            (
                "https://bt.local:6098/?_mod_sync=1",
                "abc",
                "https://bt.local:6098/post?format=json&token=abc&_mod_sync=1",
            ),
        ] {
            assert_eq!(
                url(endpoint, token).as_deref(),
                Ok(want),
                "{endpoint} {token}"
            );
        }
    }

    #[test]
    fn an_endpoint_that_cannot_work_is_an_error_that_shows_no_token() {
        for (endpoint, token, problem) in [
            (
                "https://submit.backtrace.io/shop/s3cr3t/minidump",
                "",
                "/json",
            ),
            ("https://submit.backtrace.io/shop/json", "s3cr3t", "/json"),
            ("https://submit.backtrace.io/", "s3cr3t", "/json"),
            ("https://shop.sp.backtrace.io:6098", "", "no token"),
            ("https://shop.sp.backtrace.io:6098?token=", "", "no token"),
            (
                "https://bt.local/post?format=minidump&token=s3cr3t",
                "",
                "json",
            ),
            ("https://bt.local", "s3cr3t&x=1", "characters"),
            ("shop", "s3cr3t", "not a valid URL"),
            ("ftp://shop", "s3cr3t", "https://"),
        ] {
            let error = url(endpoint, token).unwrap_err();
            assert!(error.contains(problem), "{error}");
            assert!(!error.contains("s3cr3t"), "{error}");
        }
    }
}
