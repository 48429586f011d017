//! What the content type of a response says about its body. It is read leniently: what is legal but unusual must not
//! let a text through.

use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What kind of body a response has, by its content type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// `text/plain`, or no content type.
    Text,
    /// A content type that is not one: probably a text, but not certainly.
    Invalid,
    Json,
    Xml,
    /// Any other type, whose bodies cannot be checked.
    Other,
}

impl Kind {
    /// By all lines of `Content-Type`, of which there should be one.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        let mut lines = headers.get_all(CONTENT_TYPE).iter().map(Self::named_by);
        let first = lines.next().unwrap_or(Self::Text);
        if lines.any(|kind| kind != first) {
            return Self::Invalid;
        }
        first
    }

    fn named_by(content_type: &HeaderValue) -> Self {
        let essence = essence(content_type);
        let is = |name: &[u8]| essence.eq_ignore_ascii_case(name);
        let has_suffix = |suffix: &[u8]| {
            let start = essence.len().saturating_sub(suffix.len());
            essence[start..].eq_ignore_ascii_case(suffix)
        };
        if is(b"text/plain") || essence.is_empty() {
            Self::Text
        } else if !is_media_type(essence) {
            Self::Invalid
        } else if is(b"application/json") || has_suffix(b"+json") {
            Self::Json
        } else if is(b"application/xml") || is(b"text/xml") || has_suffix(b"+xml") {
            Self::Xml
        } else {
            Self::Other
        }
    }

    /// Whether a body of this kind may consist of this text. A text that it cannot be was given a wrong type, as by a
    /// layer that sets one for every response.
    pub(super) fn may_be(self, text: &str) -> bool {
        match self {
            Self::Json => serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok(),
            Self::Xml => text.trim_start().starts_with('<'),
            Self::Text | Self::Other => true,
            Self::Invalid => false,
        }
    }
}

/// Whether a response is gRPC's, which says itself what went wrong.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
    const GRPC: &[u8] = b"application/grpc";
    let is_grpc = |content_type: &HeaderValue| {
        let start = content_type.as_bytes().get(..GRPC.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(GRPC))
    };
    headers.contains_key(GRPC_STATUS) || headers.get(CONTENT_TYPE).is_some_and(is_grpc)
}

/// Whether a body is encoded, other than by `identity`.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    encodings.any(|encoding| {
        let mut names = encoding.as_bytes().split(|byte| *byte == b',');
        names.any(|name| {
            let name = name.trim_ascii();
            !name.is_empty() && !name.eq_ignore_ascii_case(b"identity")
        })
    })
}

/// Whether a text is UTF-8, as far as its content type says.
pub(super) fn is_utf8(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    let mut parameters = content_type.as_bytes().split(|byte| *byte == b';').skip(1);
    parameters.all(|parameter| {
        let mut halves = parameter.splitn(2, |byte| *byte == b'=');
        let name = halves.next().unwrap_or_default().trim_ascii();
        let value = halves.next().unwrap_or_default().trim_ascii();
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let value = value.strip_suffix(b"\"").unwrap_or(value);
        !name.eq_ignore_ascii_case(b"charset")
            || value.is_empty()
            || [&b"utf-8"[..], b"utf8", b"us-ascii"]
                .iter()
                .any(|known| value.eq_ignore_ascii_case(known))
    })
}

/// The type and subtype, without parameters. A list, which is not legal here, counts as its first member.
fn essence(content_type: &HeaderValue) -> &[u8] {
    let is_end = |byte: &u8| matches!(byte, b';' | b',' | b' ' | b'\t');
    let mut parts = content_type.as_bytes().trim_ascii().split(is_end);
    parts.next().unwrap_or_default()
}

/// Whether this is a type and a subtype (RFC 9110, section 8.3.1).
fn is_media_type(essence: &[u8]) -> bool {
    let is_token = |token: &[u8]| {
        let is_of_token =
            |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
        !token.is_empty() && token.iter().all(is_of_token)
    };
    let mut halves = essence.split(|byte| *byte == b'/');
    halves.next().is_some_and(is_token)
        && halves.next().is_some_and(is_token)
        && halves.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(content_type: &'static str) -> Kind {
        let content_type = HeaderValue::from_static(content_type);
        Kind::of(&HeaderMap::from_iter([(CONTENT_TYPE, content_type)]))
    }

    #[test]
    fn text_is_plain_whatever_its_case_and_parameters_and_nothing_else_is() {
        assert_eq!(Kind::of(&HeaderMap::new()), Kind::Text);
        for value in [
            "text/plain",
            "Text/Plain; charset=utf-8",
            "text/plain ; charset=utf-8",
            " text/plain;",
            "text/plain;;charset",
            "text/plain, text/plain",
            "text/plain charset=utf-8",
            "",
        ] {
            assert_eq!(kind(value), Kind::Text, "{value}");
        }
        for value in ["text/plainer", "text/html", "application/octet-stream"] {
            assert_eq!(kind(value), Kind::Other, "{value}");
        }
    }

    #[test]
    fn what_is_no_content_type_or_two_of_them_is_invalid() {
        assert_eq!(kind("no type"), Kind::Invalid);
        let lines = ["application/json", "text/plain"].map(HeaderValue::from_static);
        let lines = lines.map(|line| (CONTENT_TYPE, line));
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, value);
        }
        assert_eq!(Kind::of(&headers), Kind::Invalid);
    }

    #[test]
    fn json_and_xml_are_known_by_their_suffixes() {
        for value in [
            "application/json; charset=utf-8",
            "application/vnd.api+JSON",
        ] {
            assert_eq!(kind(value), Kind::Json, "{value}");
        }
        for value in ["text/xml", "application/xml;x", "image/svg+xml"] {
            assert_eq!(kind(value), Kind::Xml, "{value}");
        }
        assert_eq!(kind("application/jsonlines"), Kind::Other);
    }

    #[test]
    fn a_text_is_not_json_or_xml() {
        for (json, is) in [
            ("{}", true),
            ("\"x\"", true),
            ("out of cheese", false),
            ("", false),
        ] {
            assert_eq!(Kind::Json.may_be(json), is, "{json}");
        }
        assert!(Kind::Xml.may_be(" <a/>") && !Kind::Xml.may_be("out of cheese"));
    }
}
