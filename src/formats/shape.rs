//! The shape of error responses.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use crate::negotiate::{Format, Offers};
use crate::panics::callback::Callback;
use crate::problem::Problem;
use crate::request::RequestInfo;

/// The members of an error response. The default is [`Problem`](Self::Problem). `envelope` and `Bare` are for clients of
/// LoopBack's strong-error-handler, and [`custom`](Self::custom) is for all others.
///
/// | shape | JSON |
/// | --- | --- |
/// | `Problem` | `{"title": "Not Found", "status": 404, "detail": "no product 42", "instance": "urn:uuid:…"}` |
/// | `envelope("error")` | `{"error": {"statusCode": 404, "name": "NotFound", "message": "no product 42"}}` |
/// | `Bare` | `{"statusCode": 404, "name": "NotFound", "message": "no product 42"}` |
/// | `custom(…)` | what the closure returns |
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
    /// What a closure returns; see [`custom`](Self::custom).
    #[non_exhaustive]
    Custom {
        /// The closure.
        write: CustomShape,
    },
}

/// The closure of [`Shape::custom`].
#[derive(Clone, Debug)]
pub struct CustomShape(Callback<Write>);

type Write = dyn Fn(&Problem, &RequestInfo) -> Value + Send + Sync;

impl CustomShape {
    /// The value, or `None` if the closure panics.
    pub(super) fn write(&self, problem: &Problem, request: &RequestInfo) -> Option<Value> {
        self.0.call(|write| write(problem, request))
    }
}

/// Equal if both are the same closure.
impl PartialEq for CustomShape {
    fn eq(&self, other: &Self) -> bool {
        self.0.is(&other.0)
    }
}

impl Eq for CustomShape {}

impl Shape {
    /// Creates a shape from the problem that this client may see, which contains nothing that disclosure hides. It is
    /// sent as `application/json`; HTML and plain text stay as they are, and XML is not offered. If the closure panics,
    /// the problem itself is sent.
    ///
    /// ```
    /// use backstop::{Backstop, Shape};
    /// use serde_json::json;
    ///
    /// // {"error": "no such order", "id": "urn:uuid:…"}
    /// let shape = Shape::custom(|problem, _| {
    ///     json!({
    ///         "error": problem.detail().or(problem.title()),
    ///         "id": problem.instance(),
    ///     })
    /// });
    /// let backstop = Backstop::production().shape(shape).build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    #[must_use]
    pub fn custom(write: impl Fn(&Problem, &RequestInfo) -> Value + Send + Sync + 'static) -> Self {
        Self::Custom {
            write: CustomShape(Callback::new(Arc::new(write))),
        }
    }

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
                    Format::Markdown,
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
                    Format::Markdown,
                ],
                Format::Json,
                Format::Xml,
            ),
            Self::Custom { .. } => Offers::new(
                default.unwrap_or(Format::Json),
                &[Format::Json, Format::Html, Format::Text],
                Format::Json,
                default.unwrap_or(Format::Json),
            ),
        }
    }

    /// Whether the clients of the shape expect an error's fields as they are, in development too.
    pub(crate) const fn keeps_properties(&self) -> bool {
        matches!(self, Self::Envelope { .. } | Self::Bare)
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
            Self::Bare | Self::Custom { .. } => "error",
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
