//! The formats that an answer can have.

use http::HeaderValue;

/// A format of the answer, with its media type.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Format {
    /// `application/problem+json`: RFC 9457, the default.
    ProblemJson,
    /// `application/json`: the same members under the general type.
    Json,
    /// `text/html`: a page for people (feature `html`).
    Html,
    /// `application/problem+xml`: RFC 9457, appendix B (feature `xml`).
    ProblemXml,
    /// `application/xml` (feature `xml`).
    Xml,
    /// `text/xml` (feature `xml`).
    TextXml,
    /// `text/plain`.
    Text,
    /// `application/api-problem+json`: the draft of 2012 that came before RFC 7807
    /// (`describedBy, title, httpStatus, detail`), for the clients that name it.
    ApiProblemJson,
}

impl Format {
    pub(crate) const ALL: [Self; 8] = [
        Self::ProblemJson,
        Self::Json,
        Self::Html,
        Self::ProblemXml,
        Self::Xml,
        Self::TextXml,
        Self::Text,
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
            Self::ApiProblemJson => "application/api-problem+json",
        }
    }

    /// The value of `Content-Type`: with `charset=utf-8` where the type defines that parameter or, for
    /// plain JSON, where clients of old are used to it.
    pub(crate) const fn content_type(self) -> HeaderValue {
        // In a constant the text is checked by the compiler, and not for every answer.
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
            Self::ApiProblemJson => constant!("application/api-problem+json"),
        }
    }

    /// The two halves of the media type, written out: they are compared with every range of every failure.
    pub(super) const fn halves(self) -> (&'static [u8], &'static [u8]) {
        match self {
            Self::ProblemJson => (b"application", b"problem+json"),
            Self::Json => (b"application", b"json"),
            Self::Html => (b"text", b"html"),
            Self::ProblemXml => (b"application", b"problem+xml"),
            Self::Xml => (b"application", b"xml"),
            Self::TextXml => (b"text", b"xml"),
            Self::Text => (b"text", b"plain"),
            Self::ApiProblemJson => (b"application", b"api-problem+json"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_make_the_media_type() {
        for format in Format::ALL {
            let (kind, subtype) = format.halves();
            assert_eq!([kind, subtype].join(&b'/'), format.media_type().as_bytes());
        }
    }
}
