//! `text/html`: a page for people. No script, one inline style that its CSP names by hash, every text
//! escaped by the template.

use http::HeaderValue;
use maud::{Markup, Render as _, html};
use serde_json::Value;

use super::Document;
use crate::disclosure::Debug;
use crate::problem::{Problem, has_byte};

/// The policy of our pages: nothing but the style in them, named by its SHA-256.
pub(crate) const PAGE_CSP: HeaderValue = HeaderValue::from_static(concat!(
    "default-src 'none'; style-src 'sha256-",
    "vrRQx3XMLQwcAzyCKuDQUOsOmXXvqLv6MvQvBK2zztc=",
    "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
));

/// The policy of the owner's page: styles, images and fonts, of its own origin or inline, and no script.
pub(crate) const CUSTOM_PAGE_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// What every page begins with, up to its title and from there to its content.
const BEGIN: &str = concat!(
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    "<meta name=\"robots\" content=\"noindex\"><title>"
);
const STYLE: &str = concat!(
    "</title><style>",
    include_str!("page.css"),
    "</style></head><body>"
);
const END: &str = "</main></body></html>";

pub(super) fn render(document: &Document<'_>) -> String {
    let (problem, disclosed) = (document.problem, document.disclosed);
    let status = disclosed.item.status.as_str();
    let title = problem.title_ref().unwrap_or_default();
    let detail = problem.detail_ref();

    let texts = 2 * title.len() + detail.map_or(0, str::len);
    let mut page = Page::with_capacity(BEGIN.len() + STYLE.len() + texts + 256);
    page.raw(BEGIN).text(status).raw(" ").text(title).raw(STYLE);
    page.raw("<main><p class=\"status\">").text(status);
    page.raw("</p><h1>").text(title).raw("</h1>");
    if let Some(detail) = detail {
        page.raw("<p class=\"detail\">").text(detail).raw("</p>");
    }
    if problem.extensions().next().is_some() {
        page.markup(&members(document));
    }
    page.raw("<p class=\"id\">If you ask for help, quote this id: <code>");
    page.text(id(problem)).raw("</code></p>");
    if let Some(debug) = &disclosed.debug {
        page.markup(&for_developers(debug));
    }
    page.raw(END);
    page.0
}

/// A page as it grows, in one piece: the style is most of it, and what every page has is not worth a template's
/// buffer. Only text of ours gets in as it is.
struct Page(String);

impl Page {
    fn with_capacity(capacity: usize) -> Self {
        Self(String::with_capacity(capacity))
    }

    fn raw(&mut self, html: &'static str) -> &mut Self {
        self.0.push_str(html);
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        let is_special = |byte| (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"');
        if has_byte(text, is_special) {
            text.render_to(&mut self.0);
        } else {
            self.0.push_str(text);
        }
        self
    }

    fn markup(&mut self, markup: &Markup) {
        self.0.push_str(&markup.0);
    }
}

/// The id to quote, which the problem has as a URN.
fn id(problem: &Problem) -> &str {
    let instance = problem.instance_ref().unwrap_or_default();
    instance.strip_prefix("urn:uuid:").unwrap_or(instance)
}

/// The errors of several, then the other members by name.
fn members(document: &Document<'_>) -> Markup {
    let shown =
        |(name, value): &(&str, &Value)| !matches!(*name, "errors" | "debug") && !value.is_null();
    let errors = document.problem.get("errors").and_then(Value::as_array);
    let mut members = document.problem.extensions().filter(shown).peekable();
    html! {
        @if let Some(errors) = errors {
            ul {
                @for error in errors {
                    li { (text(&error["detail"])) @if !error["pointer"].is_null() { code.at { (text(&error["pointer"])) } } }
                }
            }
        }
        @if members.peek().is_some() {
            dl { @for (name, value) in members { dt { (name) } dd { (text(value)) } } }
        }
    }
}

fn for_developers(debug: &Debug) -> Markup {
    html! {
        h2 { "What happened" }
        ol {
            @for link in &debug.chain {
                li {
                    (link.message())
                    @if let Some(name) = link.type_name() { code.at { (name) } }
                    @if let Some(at) = link.at().filter(|_| debug.shows_backtrace) { code.at { (at) } }
                }
            }
        }
        @if !debug.fields.is_empty() {
            h2 { "Fields" }
            dl { @for (name, value) in &debug.fields { dt { (name) } dd { (text(value)) } } }
        }
        h2 { "Request" }
        p { code { (debug.request) } }
        @if debug.shows_backtrace {
            h2 { "Stack" }
            pre.stack { (debug.stack()) }
        }
        p.id { "You see this because Backstop runs in development and you are on this machine." }
    }
}

/// A text as it is, anything else as JSON.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(_) | Value::Object(_) => {
            serde_json::to_string_pretty(value).unwrap_or_default()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}
