//! The bar at the top of the page, and its first screen.

use super::writer::Writer;
use crate::development::{Culprit, FrameKind};
use crate::problem::reason_phrase;

/// The bar at the top: what failed, and the tools, which need the script.
pub(super) fn bar(writer: &mut Writer<'_>) {
    let shown = writer.shown;
    writer.page.markup(
        "<header class=\"bar\"><div class=\"wrap\"><p class=\"call\"><strong class=\"badge\">",
    );
    writer.text(shown.status.as_str());
    writer.element("</strong><b>", &shown.request.method, "</b> ");
    writer.element("<code>", &shown.request.url, "</code></p>");
    writer.page.markup(concat!(
        "<div class=\"tools\" role=\"toolbar\" aria-label=\"Tools\" hidden>",
        "<input id=\"search\" type=\"search\" placeholder=\"Search  /\" aria-label=\"Search the page\" autocomplete=\"off\" spellcheck=\"false\">",
        "<output id=\"found\" for=\"search\"></output>",
        "<button type=\"button\" data-copy=\"markdown-text\">Copy as Markdown</button>",
        "<button type=\"button\" data-copy=\"curl\">Copy as curl</button>",
        "<button type=\"button\" id=\"theme\" aria-label=\"Switch between the light and the dark theme\">◐</button>",
        "</div></div></header>"
    ));
}

/// The first screen: the type, the message, the failing line, and where the request went.
pub(super) fn hero(writer: &mut Writer<'_>) {
    let shown = writer.shown;
    writer
        .page
        .markup("<section class=\"hero\" aria-label=\"What failed\"><p class=\"type\">");
    match &shown.type_name {
        Some(name) => writer.element("<code>", name, "</code>"),
        None => {
            writer.page.markup("An error without a type");
        }
    }
    writer.element("</p><h1>", shown.message(), "</h1>");
    if let [_, .., root] = &shown.causes[..] {
        writer.element("<p class=\"root\">", &root.message, "</p>");
    }
    match &shown.culprit {
        Some(line) => culprit(writer, line),
        None => {
            if let Some(reason) = shown.no_culprit {
                writer.page.markup("<p class=\"note\">");
                writer.prose(reason);
                writer.page.markup("</p>");
            }
        }
    }
    for hint in &shown.hints {
        if hint.is_foreign {
            let start = "<p class=\"hint\"><strong>Help</strong> ";
            writer.element(start, &hint.text, "</p>");
            continue;
        }
        writer
            .page
            .markup("<p class=\"hint\"><strong>Hint</strong> ");
        writer.prose(&hint.text);
        writer.page.markup("</p>");
    }
    writer.page.markup("<dl class=\"facts\">");
    fact(writer, "Route", shown.request.route.as_deref());
    let reason = format!("{} {}", shown.status.as_str(), reason_phrase(shown.status));
    fact(writer, "Response", Some(&reason));
    writer
        .page
        .markup("<div><dt>Id</dt><dd><code class=\"all\">");
    writer
        .text(&shown.id)
        .markup("</code></dd></div></dl></section>");
}

pub(super) fn fact(writer: &mut Writer<'_>, name: &'static str, value: Option<&str>) {
    if let Some(value) = value {
        writer.page.markup("<div><dt>").markup(name).markup("</dt>");
        writer.element("<dd><code>", value, "</code></dd></div>");
    }
}

pub(super) fn culprit(writer: &mut Writer<'_>, line: &Culprit) {
    writer
        .page
        .markup("<figure class=\"source\" id=\"culprit\"><figcaption>");
    writer.position(&line.position);
    if let Some(function) = &line.function {
        writer.element(" in <code>", function, "</code>");
    }
    writer.page.markup("</figcaption>");
    writer.source(&line.source, line.position.line);
    writer.page.markup("</figure>");
}

/// Links to the sections.
pub(super) fn contents(writer: &mut Writer<'_>) {
    let shown = writer.shown;
    let recorded = shown.timeline.len() + shown.sections.len();
    let own = shown
        .frames
        .iter()
        .filter(|it| it.kind == FrameKind::Application);
    let own = own.count();
    writer
        .page
        .markup("<nav class=\"toc\" aria-label=\"Sections\">");
    for (link, count) in [
        ("<a href=\"#causes\">Causes <small>", shown.causes.len()),
        ("<a href=\"#backtrace\">Backtrace <small>", own),
        (
            "<a href=\"#request\">Request <small>",
            shown.request.headers.len(),
        ),
        ("<a href=\"#scope\">Scope <small>", recorded),
    ] {
        writer.page.markup(link);
        writer.number(count);
        writer.page.markup("</small></a>");
    }
    writer
        .page
        .markup("<a href=\"#response\">Response</a><a href=\"#copies\">Copy</a></nav>");
}
