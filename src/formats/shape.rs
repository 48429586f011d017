//! The shape of error responses.

use std::borrow::Cow;

use crate::negotiate::{Format, Offers};

/// The members of an error response. The default is [`Problem`](Self::Problem); the other shapes are for clients of
/// LoopBack's strong-error-handler.
///
/// | shape | JSON |
/// | --- | --- |
/// | `Problem` | `{"title": "Not Found", "status": 404, "detail": "no product 42", "instance": "urn:uuid:…"}` |
/// | `envelope("error")` | `{"error": {"statusCode": 404, "name": "NotFound", "message": "no product 42"}}` |
/// | `Bare` | `{"statusCode": 404, "name": "NotFound", "message": "no product 42"}` |
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Shape {
    /// The problem document of RFC 9457.
    #[default]
    Problem,
    /// The members of strong-error-handler under a root; see [`envelope`](Self::envelope).
    #[non_exhaustive]
    Envelope {
        /// The name of the root.
        root: Cow<'static, str>,
    },
    /// The members of strong-error-handler without a root. In XML, which requires a root element, it is `error`.
    Bare,
}

impl Shape {
    /// Creates a shape with the members of strong-error-handler under a root, whose name must be a valid XML name:
    /// `Shape::envelope("error")`.
    #[must_use]
    pub fn envelope(root: impl Into<Cow<'static, str>>) -> Self {
        Self::Envelope { root: root.into() }
    }

    /// Returns the formats in which the shape can be rendered, with `default` or the shape's own default first.
    pub(crate) fn offers(&self, default: Option<Format>) -> Offers {
        match self {
            Self::Problem => Offers::new(
                default.unwrap_or(Format::ProblemJson),
                &[
                    Format::ProblemJson,
                    Format::Json,
                    Format::Html,
                    Format::ProblemXml,
                    Format::Xml,
                    Format::TextXml,
                    Format::Text,
                    Format::ApiProblemJson,
                ],
                Format::ProblemJson,
                Format::ProblemXml,
            ),
            Self::Envelope { .. } | Self::Bare => Offers::new(
                default.unwrap_or(Format::Json),
                &[
                    Format::Json,
                    Format::Html,
                    Format::TextXml,
                    Format::Xml,
                    Format::Text,
                ],
                Format::Json,
                Format::Xml,
            ),
        }
    }

    /// Whether the shape can be rendered in a format.
    pub(crate) fn has(&self, format: Format) -> bool {
        self.offers(None).contains(format)
    }

    /// The root element in XML.
    pub(crate) fn xml_root(&self) -> &str {
        match self {
            Self::Problem => "problem",
            Self::Envelope { root } => root,
            Self::Bare => "error",
        }
    }
}

/// Whether a text is an XML name of ASCII characters without a colon. That is narrower than the standard, so that every
/// parser agrees.
pub(crate) fn is_xml_name(text: &str) -> bool {
    let is_start = |character: char| character.is_ascii_alphabetic() || character == '_';
    let is_part = |character: char| {
        is_start(character) || character.is_ascii_digit() || matches!(character, '-' | '.')
    };
    text.starts_with(is_start) && text.chars().all(is_part)
}
