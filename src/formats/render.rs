//! Renders a view in a format.

use super::view::View;
use super::{html, json, markdown, text, xml};
use crate::negotiate::Format;

/// The bytes of an error response's body.
pub(crate) fn render(format: Format, view: View<'_>) -> Vec<u8> {
    match format {
        Format::ProblemJson | Format::Json => json::render(view),
        Format::ApiProblemJson => json::render_api_problem(view),
        Format::ProblemXml | Format::Xml | Format::TextXml => xml::render(view),
        Format::Html => html::render(view).into_bytes(),
        Format::Markdown => markdown::render(view).into_bytes(),
        Format::Text => text::render(view).into_bytes(),
    }
}
