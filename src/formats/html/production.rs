//! The page for everyone: what the status means, what to do next, and the id to quote.

use serde_json::Value;

use super::super::view::View;
use super::page::Page;
use super::words;
use crate::problem::Problem;

/// From the title to the content.
const STYLE: &str = concat!(
    "</title><style>",
    include_str!("production.css"),
    "</style></head><body><main>"
);
const END: &str = "</main></body></html>";

/// Renders the page. `start` is what every page starts with, up to its title.
pub(super) fn render(view: View<'_>, start: &'static str) -> String {
    let (problem, disclosed) = (view.problem, view.disclosed);
    let status = disclosed.item.status.as_str();
    let title = problem.title().unwrap_or_default();
    let detail = problem.detail();
    let (what, next) = words::sentences(disclosed.item.status);

    let texts = 2 * title.len() + detail.map_or(0, str::len);
    let mut page = Page::with_capacity(start.len() + STYLE.len() + texts + 640);
    page.markup(start).text(status).markup(" ").text(title);
    page.markup(STYLE);
    page.markup("<p class=\"status\">").text(status);
    page.markup("</p><h1>")
        .text(title)
        .markup("</h1><p class=\"what\">")
        .markup(what);
    page.markup("</p>");
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
    let retry = view
        .retry_after
        .and_then(|value| words::retry(value.to_str().ok()?));
    page.markup("<p class=\"next\">");
    match retry {
        Some(retry) => page.text(&retry),
        None => page.markup(next),
    };
    page.markup("</p><p class=\"id\">If you ask for help, quote this id: ");
    page.element("<code>", id(problem), "</code></p>");
    page.markup(END);
    page.finish()
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
