//! HTML: a page for people. It has no scripts, and one inline style, which its Content Security Policy allows by hash.

use http::HeaderValue;
use serde_json::Value;

use super::view::View;
use crate::disclosure::Debug;
use crate::problem::{Problem, has_byte};

/// The policy of the built-in page: nothing but its own style, which is allowed by its SHA-256.
pub(crate) const PAGE_CSP: HeaderValue = HeaderValue::from_static(concat!(
    "default-src 'none'; style-src 'sha256-",
    "vrRQx3XMLQwcAzyCKuDQUOsOmXXvqLv6MvQvBK2zztc=",
    "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
));

/// The policy of a page that the application renders: styles, images and fonts, inline or from the same origin, and no
/// scripts.
pub(crate) const CUSTOM_PAGE_CSP: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// The start of every page, up to its title.
const START: &str = concat!(
    "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">",
    "<meta name=\"robots\" content=\"noindex\"><title>"
);
/// From the title to the content.
const STYLE: &str = concat!(
    "</title><style>",
    include_str!("page.css"),
    "</style></head><body><main>"
);
const END: &str = "</main></body></html>";

pub(super) fn render(view: View<'_>) -> String {
    let (problem, disclosed) = (view.problem, view.disclosed);
    let status = disclosed.item.status.as_str();
    let title = problem.title().unwrap_or_default();
    let detail = problem.detail();

    let texts = 2 * title.len() + detail.map_or(0, str::len);
    let mut page = Page(String::with_capacity(
        START.len() + STYLE.len() + texts + 256,
    ));
    page.markup(START).text(status).markup(" ").text(title);
    page.markup(STYLE);
    page.markup("<p class=\"status\">").text(status);
    page.markup("</p><h1>").text(title).markup("</h1>");
    if let Some(detail) = detail {
        page.element("<p class=\"detail\">", detail, "</p>");
    }
    if let Some(Value::Array(errors)) = problem.get("errors") {
        write_errors(&mut page, errors);
    }
    let members = problem.extensions().filter(|(name, value)| {
        let is_shown_elsewhere = matches!(*name, "errors" | "debug");
        !is_shown_elsewhere && !value.is_null()
    });
    write_members(&mut page, members);
    page.markup("<p class=\"id\">If you ask for help, quote this id: ");
    page.element("<code>", id(problem), "</code></p>");
    if let Some(debug) = &disclosed.debug {
        write_debug(&mut page, debug);
    }
    page.markup(END);
    page.0
}

/// The failure's id, from its URN.
fn id(problem: &Problem) -> &str {
    let instance = problem.instance().unwrap_or_default();
    instance.strip_prefix("urn:uuid:").unwrap_or(instance)
}

fn write_errors(page: &mut Page, errors: &[Value]) {
    page.markup("<ul>");
    for error in errors {
        page.markup("<li>").value(&error["detail"]);
        let at = error.get("pointer").or_else(|| error.get("parameter"));
        if let Some(at) = at {
            page.markup("<code class=\"at\">")
                .value(at)
                .markup("</code>");
        }
        page.markup("</li>");
    }
    page.markup("</ul>");
}

/// A list of names and values, unless it is empty.
fn write_members<'a>(page: &mut Page, members: impl Iterator<Item = (&'a str, &'a Value)>) {
    let mut members = members.peekable();
    if members.peek().is_none() {
        return;
    }
    page.markup("<dl>");
    for (name, value) in members {
        page.element("<dt>", name, "</dt>");
        page.markup("<dd>").value(value).markup("</dd>");
    }
    page.markup("</dl>");
}

fn write_debug(page: &mut Page, debug: &Debug) {
    page.markup("<h2>What happened</h2><ol>");
    for link in &debug.chain {
        page.markup("<li>").text(link.message());
        if let Some(name) = link.type_name() {
            page.element("<code class=\"at\">", name, "</code>");
        }
        if let Some(location) = link.location().filter(|_| debug.shows_backtrace) {
            page.element("<code class=\"at\">", &location.to_string(), "</code>");
        }
        page.markup("</li>");
    }
    page.markup("</ol>");
    if let Some(help) = &debug.help {
        page.element("<p><strong>Help:</strong> ", help, "</p>");
    }
    if !debug.fields.is_empty() {
        page.markup("<h2>Fields</h2>");
        write_members(
            page,
            debug.fields.iter().map(|(name, value)| (&**name, value)),
        );
    }
    page.markup("<h2>Request</h2>");
    page.element("<p><code>", &debug.request, "</code></p>");
    if debug.shows_backtrace {
        page.markup("<h2>Stack</h2>");
        page.element("<pre class=\"stack\">", &debug.stack(), "</pre>");
    }
    page.markup(concat!(
        "<p class=\"id\">You are seeing these details because Backstop is configured to show them to local ",
        "clients.</p>"
    ));
}

/// A page that is being written. Markup consists of literals; every other text is escaped.
struct Page(String);

impl Page {
    fn markup(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Escapes the text for element content and quoted attributes.
    fn text(&mut self, text: &str) -> &mut Self {
        // Nearly every text needs no escaping.
        if !has_byte(text, |byte| {
            (byte == b'&') | (byte == b'<') | (byte == b'>') | (byte == b'"')
        }) {
            self.0.push_str(text);
            return self;
        }
        for character in text.chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                _ => self.0.push(character),
            }
        }
        self
    }

    fn element(&mut self, start: &'static str, text: &str, end: &'static str) {
        self.markup(start).text(text).markup(end);
    }

    /// A string as it is, any other value as JSON.
    fn value(&mut self, value: &Value) -> &mut Self {
        match value {
            Value::String(text) => self.text(text),
            Value::Array(_) | Value::Object(_) => {
                self.text(&serde_json::to_string_pretty(value).unwrap_or_default())
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => self.text(&value.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_escaped() {
        let mut page = Page(String::new());
        page.text("<a href=\"x\">ä & 'b'</a>");
        assert_eq!(page.0, "&lt;a href=&quot;x&quot;&gt;ä &amp; 'b'&lt;/a&gt;");
    }
}
