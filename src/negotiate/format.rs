//! The formats of error responses.

use http::HeaderValue;

/// The format of an error response.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// `application/problem+json`: a problem document (RFC 9457). The default.
    ProblemJson,
    /// `application/json`: the same members.
    Json,
    /// `text/html`: a page.
    Html,
    /// `application/problem+xml`: a problem document as XML (RFC 9457, appendix B).
    ProblemXml,
    /// `application/xml`: the same elements.
    Xml,
    /// `text/xml`: the same elements.
    TextXml,
    /// `text/plain`.
    Text,
    /// `text/markdown`: for people and tools that read Markdown. Only for clients that ask for it by name.
    Markdown,
    /// `application/api-problem+json`: the predecessor of RFC 7807, a draft of 2012 with the members
    /// `describedBy`, `title`, `httpStatus` and `detail`. Only for clients that ask for it by name.
    ApiProblemJson,
}

impl Format {
    /// Every format.
    pub(crate) const ALL: [Self; 9] = [
        Self::ProblemJson,
        Self::Json,
        Self::Html,
        Self::ProblemXml,
        Self::Xml,
        Self::TextXml,
        Self::Text,
        Self::Markdown,
        Self::ApiProblemJson,
    ];

    /// The media type, without parameters.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::ProblemJson => "application/problem+json",
            Self::Json => "application/json",
            Self::Html => "text/html",
            Self::ProblemXml => "application/problem+xml",
            Self::Xml => "application/xml",
            Self::TextXml => "text/xml",
            Self::Text => "text/plain",
            Self::Markdown => "text/markdown",
            Self::ApiProblemJson => "application/api-problem+json",
        }
    }

    /// The value of `Content-Type`, with `charset=utf-8` if the media type defines that parameter. JSON does not,
    /// but old clients expect it there.
    pub(crate) const fn content_type(self) -> HeaderValue {
        // As a constant, it is validated at compile time, not for every response.
        macro_rules! constant {
            ($text:literal) => {{
                const VALUE: HeaderValue = HeaderValue::from_static($text);
                VALUE
            }};
        }
        match self {
            Self::ProblemJson => constant!("application/problem+json"),
            Self::Json => constant!("application/json; charset=utf-8"),
            Self::Html => constant!("text/html; charset=utf-8"),
            Self::ProblemXml => constant!("application/problem+xml; charset=utf-8"),
            Self::Xml => constant!("application/xml; charset=utf-8"),
            Self::TextXml => constant!("text/xml; charset=utf-8"),
            Self::Text => constant!("text/plain; charset=utf-8"),
            Self::Markdown => constant!("text/markdown; charset=utf-8"),
            Self::ApiProblemJson => constant!("application/api-problem+json"),
        }
    }

    /// The format of this media type, in upper or lower case.
    pub(super) fn named(kind: &[u8], subtype: &[u8]) -> Option<Self> {
        // Every range of every `Accept` is looked up. Its lengths leave one format that it can name.
        let format = match (kind.len(), subtype.len()) {
            (11, 12) => Self::ProblemJson,
            (11, 4) => Self::Json,
            (4, 4) => Self::Html,
            (11, 11) => Self::ProblemXml,
            (11, 3) => Self::Xml,
            (4, 3) => Self::TextXml,
            (4, 5) => Self::Text,
            (4, 8) => Self::Markdown,
            (11, 16) => Self::ApiProblemJson,
            _ => return None,
        };
        let (its_kind, its_subtype) = format.type_and_subtype();
        let is_named =
            kind.eq_ignore_ascii_case(its_kind) && subtype.eq_ignore_ascii_case(its_subtype);
        is_named.then_some(format)
    }

    /// Whether only a client that names the format gets it: a wildcard does not cover it, and it is no default.
    pub(super) const fn must_be_named(self) -> bool {
        matches!(self, Self::Markdown | Self::ApiProblemJson)
    }

    /// The type and subtype of the media type.
    pub(super) const fn type_and_subtype(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::ProblemJson => (b"application", b"problem+json"),
            Self::Json => (b"application", b"json"),
            Self::Html => (b"text", b"html"),
            Self::ProblemXml => (b"application", b"problem+xml"),
            Self::Xml => (b"application", b"xml"),
            Self::TextXml => (b"text", b"xml"),
            Self::Text => (b"text", b"plain"),
            Self::Markdown => (b"text", b"markdown"),
            Self::ApiProblemJson => (b"application", b"api-problem+json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Does not compile until it knows a new variant, which must then be in `ALL`: only the formats in there can
    /// be offered.
    const fn position(format: Format) -> usize {
        match format {
            Format::ProblemJson => 0,
            Format::Json => 1,
            Format::Html => 2,
            Format::ProblemXml => 3,
            Format::Xml => 4,
            Format::TextXml => 5,
            Format::Text => 6,
            Format::Markdown => 7,
            Format::ApiProblemJson => 8,
        }
    }

    #[test]
    fn every_format_is_listed_once() {
        for (index, format) in Format::ALL.into_iter().enumerate() {
            assert_eq!(position(format), index, "{format:?}");
        }
    }

    #[test]
    fn the_media_type_consists_of_type_and_subtype() {
        for format in Format::ALL {
            let (kind, subtype) = format.type_and_subtype();
            assert_eq!([kind, subtype].join(&b'/'), format.media_type().as_bytes());
            assert_eq!(Format::named(kind, subtype), Some(format));
            let shouted = [kind.to_ascii_uppercase(), subtype.to_ascii_uppercase()];
            assert_eq!(Format::named(&shouted[0], &shouted[1]), Some(format));
            assert_eq!(Format::named(subtype, kind), None);
            let content_type = format.content_type();
            let essence = content_type.to_str().unwrap().split(';').next().unwrap();
            assert_eq!(essence, format.media_type());
        }
    }
}
