//! The other sections of the page: the cause chain, the request, what was recorded, the response, and the texts to copy.

use super::super::super::markdown;
use super::super::super::view::View;
use super::head::fact;
use super::writer::Writer;
use crate::development::Moment;
use crate::report::severity::Severity;
use crate::text::prefix;

pub(super) fn causes(writer: &mut Writer<'_>, view: View<'_>) {
    writer
        .page
        .markup("<section id=\"causes\"><h2>Cause chain</h2><ol class=\"cards\">");
    for (index, cause) in writer.shown.causes.iter().enumerate() {
        if writer.is_full() {
            writer.more("causes");
            break;
        }
        writer.page.markup("<li data-item><p class=\"lead\">");
        writer
            .page
            .markup(if index == 0 { "Failed" } else { "Caused by" });
        if let Some(name) = &cause.type_name {
            writer.element(" <code>", name, "</code>");
        }
        writer.element("</p><p class=\"message\">", &cause.message, "</p>");
        if let Some(position) = &cause.position {
            writer.page.markup("<p>");
            writer.position(position);
            writer.page.markup("</p>");
        }
        writer.page.markup("</li>");
    }
    writer.page.markup("</ol>");
    if let Some(debug) = view
        .disclosed
        .debug
        .as_ref()
        .filter(|debug| debug.shows_backtrace)
        && !writer.is_full()
    {
        writer.page.markup("<details><summary>As text</summary>");
        let stack = debug.stack();
        writer.element(
            "<pre class=\"stack\">",
            prefix(&stack, 4 * 1024),
            "</pre></details>",
        );
    }
    writer.page.markup("</section>");
}

pub(super) fn request(writer: &mut Writer<'_>) {
    let shown = writer.shown;
    let request = &shown.request;
    writer
        .page
        .markup("<section id=\"request\"><h2>Request</h2><dl class=\"facts\">");
    let target = format!("{} {}", request.method, request.url);
    fact(writer, "Target", Some(&target));
    fact(
        writer,
        "Route",
        request.route.as_deref().or(Some("none known")),
    );
    fact(writer, "Version", Some(&request.version));
    let size = request
        .body_size
        .as_ref()
        .map(|size| format!("{size} bytes"));
    fact(
        writer,
        "Body",
        Some(size.as_deref().unwrap_or("no length stated")),
    );
    writer.page.markup("</dl>");
    writer.entries("<h3>Path parameters</h3>", &request.path_params);
    writer.entries("<h3>Query</h3>", &request.query);
    writer.entries("<h3>Headers</h3>", &request.headers);
    writer.page.markup("</section>");
}

pub(super) fn scope(writer: &mut Writer<'_>) {
    let shown = writer.shown;
    writer.page.markup("<section id=\"scope\"><h2>Scope</h2>");
    if shown.timeline.is_empty() && shown.sections.is_empty() {
        writer.page.markup("<p class=\"note\">Nothing was recorded. <code>Scope::current().add_breadcrumb(…)</code> and the feature <code>tracing-subscriber</code> fill a time line.</p>");
    }
    if !shown.timeline.is_empty() {
        writer.page.markup("<h3>Time line</h3><ol class=\"time\">");
        for entry in &shown.timeline {
            if writer.is_full() {
                writer.more("entries");
                break;
            }
            moment(writer, entry);
        }
        writer.page.markup("</ol>");
    }
    for (name, entries) in &shown.sections {
        if writer.is_full() {
            break;
        }
        writer.element("<h3>", name, "</h3>");
        writer.entries("", entries);
    }
    writer.page.markup("</section>");
}

pub(super) fn moment(writer: &mut Writer<'_>, moment: &Moment) {
    writer.page.markup(match moment.level {
        Severity::Warning => "<li data-item class=\"warning\">",
        Severity::Error | Severity::Fatal => "<li data-item class=\"error\">",
        Severity::Info => "<li data-item>",
    });
    writer.element(
        "<time>",
        &before(moment.before),
        "</time><span class=\"kind\">",
    );
    writer.page.markup(moment.kind.as_str());
    writer.element(
        "</span><span class=\"message\">",
        &moment.message,
        "</span>",
    );
    if !moment.data.is_empty() {
        writer.page.markup("<span class=\"data\">");
        for (name, value) in &moment.data {
            writer.element("<span><b>", name, "</b> ");
            writer.element("", value, "</span> ");
        }
        writer.page.markup("</span>");
    }
    writer.page.markup("</li>");
}

/// What the response says: to a client who is no developer, less of it.
pub(super) fn response(writer: &mut Writer<'_>, view: View<'_>) {
    let problem = view.problem;
    writer
        .page
        .markup("<section id=\"response\"><h2>Response</h2>");
    let mut entries: Vec<(String, String)> = Vec::new();
    let mut add = |name: &str, value: Option<&str>| {
        entries.extend(value.map(|value| (name.to_owned(), prefix(value, 2048).to_owned())));
    };
    add("type", problem.type_member());
    add("title", problem.title());
    add("detail", problem.detail().filter(|_| view.redacts()));
    add("instance", problem.instance());
    for (name, value) in problem
        .extensions()
        .filter(|(name, _)| *name != "debug" && view.redacts())
    {
        let text = match value.as_str() {
            Some(text) => text.to_owned(),
            None => serde_json::to_string_pretty(value).unwrap_or_default(),
        };
        add(prefix(name, 256), Some(&text));
    }
    writer.entries("<p class=\"note\">The members of the problem document. In production, clients see less of it.</p>", &entries);
    writer.page.markup("</section>");
}

/// The texts to copy: selected whole by a click, where there is no script.
pub(super) fn copies(writer: &mut Writer<'_>, view: View<'_>) {
    writer.page.markup(concat!(
        "<section id=\"copies\"><h2>Copy</h2><details><summary>curl</summary>",
        "<pre id=\"curl\" class=\"all\" tabindex=\"0\" aria-label=\"curl command\">"
    ));
    let curl = writer.shown.request.curl();
    writer.fitting(&curl, "The command does not fit on this page.");
    writer.page.markup(concat!(
        "</pre></details><details><summary>Markdown</summary>",
        "<pre id=\"markdown-text\" class=\"all\" tabindex=\"0\" aria-label=\"Markdown\">"
    ));
    writer.fitting(
        &markdown::render(view),
        "It does not fit on this page. Request it with `Accept: text/markdown`.",
    );
    writer.page.markup("</pre></details></section>");
}

pub(super) fn footer(writer: &mut Writer<'_>) {
    writer.page.markup(concat!(
        "<footer><p>You see this page because Backstop shows details to local clients in development. Secrets are ",
        "redacted, but read what you copy before you share it.</p><p class=\"keys\" hidden><kbd>/</kbd> search ",
        "<kbd>j</kbd> <kbd>k</kbd> next and previous frame <kbd>e</kbd> fold all <kbd>m</kbd> copy as Markdown ",
        "<kbd>c</kbd> copy as curl <kbd>o</kbd> open in the editor <kbd>t</kbd> theme</p></footer>"
    ));
}

/// How long before the failure.
fn before(millis: u64) -> String {
    match millis {
        0 => "0 ms".to_owned(),
        1..1_000 => format!("−{millis} ms"),
        1_000..60_000 => format!("−{}.{} s", millis / 1_000, millis / 100 % 10),
        _ => format!("−{} min", millis / 60_000),
    }
}
