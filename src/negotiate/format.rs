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

    /// Whether this build can write it; `html` and `xml` are features.
    #[must_use]
    pub const fn is_available(self) -> bool {
        match self {
            Self::Html => cfg!(feature = "html"),
            Self::ProblemXml | Self::Xml | Self::TextXml => cfg!(feature = "xml"),
            Self::ProblemJson | Self::Json | Self::Text | Self::ApiProblemJson => true,
        }
    }

    /// The value of `Content-Type`: with `charset=utf-8` where the type defines that parameter or, for
    /// plain JSON, where clients of old are used to it.
    pub(crate) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::ProblemJson => "application/problem+json",
            Self::Json => "application/json; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
            Self::ProblemXml => "application/problem+xml; charset=utf-8",
            Self::Xml => "application/xml; charset=utf-8",
            Self::TextXml => "text/xml; charset=utf-8",
            Self::Text => "text/plain; charset=utf-8",
            Self::ApiProblemJson => "application/api-problem+json",
        })
    }

    /// The two halves of the media type.
    pub(super) fn halves(self) -> (&'static str, &'static str) {
        let media_type = self.media_type();
        media_type.split_once('/').unwrap_or((media_type, ""))
    }
}
