//! The renderers: each a pure function from a [`Document`] to bytes, total for every value.

mod api_problem;
mod document;
mod envelope;
mod html;
mod shape;
mod text;
mod xml;

pub(crate) use self::document::{Document, problem};
pub(crate) use self::html::{CUSTOM_PAGE_CSP, PAGE_CSP};
pub use self::shape::Shape;
pub(crate) use self::shape::is_name;
use crate::negotiate::Format;

/// The document in a format.
pub(crate) fn render(format: Format, document: &Document<'_>) -> Vec<u8> {
    match (format, document.shape) {
        (Format::ApiProblemJson, _) => api_problem::render(document),
        (Format::ProblemJson | Format::Json, Shape::Problem) => document.problem.to_json(),
        (Format::ProblemJson | Format::Json, shape) => envelope::json(document, shape),
        (Format::ProblemXml | Format::Xml | Format::TextXml, shape) => xml::render(document, shape),
        (Format::Html, _) => html::render(document).into_bytes(),
        _ => text::render(document).into_bytes(),
    }
}
