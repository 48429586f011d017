//! The one redactor: it hides the values of sensitive keys on every exit.

use std::borrow::Cow;

use http::Uri;
use serde_json::Value;

/// Hides values by their keys. A key is sensitive if, lower-cased and without separators, it contains one
/// of the parts: `api_key_v2` and `X-Auth-Token` are, `monkey` is not.
#[derive(Clone, Debug)]
pub(crate) struct Redactor {
    parts: Vec<String>,
}

/// What stands in place of a hidden value.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// How deep a value is searched; what lies deeper is hidden whole.
const MAX_DEPTH: usize = 32;

/// The parts that always count.
const PARTS: [&str; 26] = [
    "accesskey",
    "apikey",
    "auth",
    "bearer",
    "cardnumber",
    "connectionstring",
    "cookie",
    "credential",
    "credit",
    "csrf",
    "cvc",
    "cvv",
    "encryptionkey",
    "jwt",
    "passphrase",
    "passw",
    "pwd",
    "privatekey",
    "saml",
    "secret",
    "session",
    "signature",
    "signingkey",
    "ssn",
    "token",
    "xsrf",
];

impl Default for Redactor {
    fn default() -> Self {
        Self {
            parts: PARTS.map(str::to_owned).to_vec(),
        }
    }
}

impl Redactor {
    /// Adds a part.
    pub(crate) fn insert(&mut self, key: &str) {
        let part = plain(key);
        if !part.is_empty() {
            self.parts.push(part);
        }
    }

    /// Hides `value` if its key is sensitive, else what is sensitive inside it.
    pub(crate) fn member(&self, key: &str, value: &mut Value) {
        if self.is_sensitive(key) {
            *value = Value::String(REDACTED.to_owned());
        } else {
            self.value(value);
        }
    }

    /// Hides what is sensitive inside a value.
    pub(crate) fn value(&self, value: &mut Value) {
        self.walk(value, MAX_DEPTH);
    }

    fn walk(&self, value: &mut Value, left: usize) {
        match value {
            Value::Array(_) | Value::Object(_) if left == 0 => {
                *value = Value::String(REDACTED.to_owned())
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.walk(item, left - 1)),
            Value::Object(members) => {
                for (key, value) in members {
                    if self.is_sensitive(key) {
                        *value = Value::String(REDACTED.to_owned());
                    } else {
                        self.walk(value, left - 1);
                    }
                }
            }
            Value::String(text) => {
                if let Cow::Owned(redacted) = self.text(text) {
                    *text = redacted;
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }

    /// A text that may be JSON, or hold a URL or `key=value` pairs, without their sensitive parts.
    pub(crate) fn text<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let trimmed = text.trim_start();
        if trimmed.starts_with(['{', '['])
            && let Ok(mut value) = serde_json::from_str::<Value>(trimmed)
        {
            let before = value.clone();
            self.walk(&mut value, MAX_DEPTH);
            return if value == before {
                Cow::Borrowed(text)
            } else {
                Cow::Owned(value.to_string())
            };
        }
        if !text.contains(['=', '@', ':']) {
            return Cow::Borrowed(text);
        }
        let without_users = without_user_info(text);
        match self.without_pairs(&without_users) {
            Some(redacted) => Cow::Owned(redacted),
            None => without_users,
        }
    }

    /// The path and query of a URI, with the values of sensitive keys hidden.
    pub(crate) fn uri(&self, uri: &Uri) -> String {
        let Some(query) = uri.query() else {
            return uri.path().to_owned();
        };
        let pairs: Vec<Cow<'_, str>> = query
            .split('&')
            .map(|pair| {
                let key = pair.split_once('=').map_or(pair, |(key, _)| key);
                let decoded = form_urlencoded::parse(key.as_bytes()).next();
                let is_sensitive = decoded.is_some_and(|(key, _)| self.is_sensitive(&key));
                if is_sensitive {
                    Cow::Owned(format!("{key}={REDACTED}"))
                } else {
                    Cow::Borrowed(pair)
                }
            })
            .collect();
        format!("{}?{}", uri.path(), pairs.join("&"))
    }

    pub(crate) fn is_sensitive(&self, key: &str) -> bool {
        // An author is nobody's secret; an authorization is.
        let plain = plain(key)
            .replace("authori", "auth\0i")
            .replace("author", "");
        self.parts.iter().any(|part| plain.contains(part.as_str()))
    }

    /// The text without the values of sensitive `key=value` and `key: value` pairs, or `None` if it has none.
    fn without_pairs(&self, text: &str) -> Option<String> {
        let mut redacted = String::new();
        let mut copied = 0;
        for (index, _) in text.match_indices(['=', ':']) {
            // `auth::Error` is a path, not a pair.
            let is_path = text[..index].ends_with(':') || text[index + 1..].starts_with(':');
            if index < copied || is_path {
                continue;
            }
            let before = text[..index].trim_end_matches(['"', '\'', ' ']);
            let is_key = |character: char| {
                character.is_alphanumeric() || matches!(character, '_' | '-' | '.')
            };
            let start = before
                .char_indices()
                .rev()
                .take_while(|&(_, character)| is_key(character))
                .last()
                .map_or(before.len(), |(start, _)| start);
            if start < copied || !self.is_sensitive(&before[start..]) {
                continue;
            }
            let value = index + 1;
            let end = end_of_value(text, value);
            if end > value {
                redacted.push_str(&text[copied..value]);
                redacted.push_str(REDACTED);
                copied = end;
            }
        }
        (copied > 0).then(|| redacted + &text[copied..])
    }
}

/// The letters and digits of a key, lower-cased.
fn plain(key: &str) -> String {
    let letters = key.chars().filter(|character| character.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Where the value that starts here ends: at its closing quote, else at the line's end, a separator, or,
/// after a word like `Bearer`, the second space.
fn end_of_value(text: &str, start: usize) -> usize {
    let rest = &text[start..];
    let spaces = rest.len() - rest.trim_start_matches(' ').len();
    let value = &rest[spaces..];
    let quote = value
        .chars()
        .next()
        .filter(|first| matches!(first, '"' | '\''));
    let length = if let Some(quote) = quote {
        value[1..].find(quote).map_or(value.len(), |end| end + 2)
    } else {
        // What is hidden already counts as a whole, so that hiding twice changes nothing.
        let scheme = ["Bearer ", "Basic ", "Digest ", "Token ", REDACTED]
            .into_iter()
            .find(|scheme| {
                value
                    .get(..scheme.len())
                    .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            })
            .map_or(0, str::len);
        value[scheme..]
            .find([' ', '\n', '\r', '\t', '&', ',', ';', ')', '}', ']'])
            .map_or(value.len(), |end| scheme + end)
    };
    if length == 0 {
        start
    } else {
        start + spaces + length
    }
}

/// The text without the user info of its URLs.
fn without_user_info(text: &str) -> Cow<'_, str> {
    let mut redacted = String::new();
    let mut copied = 0;
    for (index, _) in text.match_indices("://") {
        let start = index + 3;
        let authority = &text[start..];
        let end = authority
            .find(|character: char| {
                character.is_whitespace()
                    || matches!(character, '/' | '?' | '#' | '"' | '\'' | '<' | '>')
            })
            .unwrap_or(authority.len());
        if let Some(at) = authority[..end].rfind('@').filter(|_| start >= copied) {
            redacted.push_str(&text[copied..start]);
            redacted.push_str(REDACTED);
            copied = start + at;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    redacted.push_str(&text[copied..]);
    Cow::Owned(redacted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sensitive_keys_are_matched_in_parts_whatever_their_case_and_separators() {
        let redactor = Redactor::default();
        for key in [
            "password",
            "api_key_v2",
            "X-Auth-Token",
            "Set-Cookie",
            "AUTHORIZATION",
            "authorization_header",
            "sessionId",
            "db.passwd",
            "client-secret",
        ] {
            assert!(redactor.is_sensitive(key), "{key}");
        }
        for key in [
            "monkey",
            "author",
            "authors_name",
            "keyboard",
            "name",
            "",
            "état",
        ] {
            assert!(!redactor.is_sensitive(key), "{key}");
        }
    }

    #[test]
    fn values_are_hidden_nested_in_json_text_and_below_the_depth_cap() {
        let redactor = Redactor::default();
        let mut value =
            json!({"a": [{"token": "s3cr3t"}], "text": "{\"password\": \"s3cr3t\"}", "b": 1});
        let mut deep = json!("s3cr3t");
        for _ in 0..40 {
            deep = json!([deep]);
        }
        value["deep"] = deep;
        redactor.value(&mut value);
        assert!(!value.to_string().contains("s3cr3t"), "{value}");
        assert_eq!(value["b"], 1);
    }

    #[test]
    fn texts_lose_user_info_and_sensitive_pairs_and_keep_the_rest() {
        let redactor = Redactor::default();
        let cases = [
            (
                "postgres://app:s3cr3t@db:5432/shop refused",
                "postgres://[REDACTED]@db:5432/shop refused",
            ),
            (
                "password=s3cr3t rejected at db:5432",
                "password=[REDACTED] rejected at db:5432",
            ),
            (
                "Authorization: Bearer s3cr3t, then",
                "Authorization:[REDACTED], then",
            ),
            ("token='s3 cr3t' id=7", "token=[REDACTED] id=7"),
            ("api_key = s3cr3t", "api_key =[REDACTED]"),
            ("no secret here: 1", "no secret here: 1"),
            ("token=[REDACTED] b", "token=[REDACTED] b"),
            ("token=[REDACTED]s3cr3t b", "token=[REDACTED] b"),
            ("session::store::Error", "session::store::Error"),
            ("at 12:30 a=b", "at 12:30 a=b"),
        ];
        for (text, want) in cases {
            assert_eq!(redactor.text(text), want);
        }
    }

    #[test]
    fn queries_lose_the_values_of_sensitive_keys() {
        let redactor = Redactor::default();
        let uri = Uri::from_static("/a?x=1&api%5Fkey=s3cr3t&token");
        assert_eq!(
            redactor.uri(&uri),
            "/a?x=1&api%5Fkey=[REDACTED]&token=[REDACTED]"
        );
    }
}
