//! Plain text, to be read in a terminal. Texts of others cannot control it, and none can pass for a line of ours.

use std::fmt::{Display, Write as _};

use serde_json::Value;

use super::view::View;
use crate::development::{Culprit, DeveloperView, FrameKind, ShownCause};
use crate::disclosure::Debug;
use crate::printable::{Lines, OneLine};

/// Renders the status and title, the detail, the other members one per line, and the id. A developer sees what failed and
/// where before the members.
pub(super) fn render(view: View<'_>) -> String {
    let mut text = String::with_capacity(256);
    // Writing to a `String` does not fail.
    let _ = writeln!(
        text,
        "{} {}",
        view.disclosed.item.status.as_u16(),
        OneLine(view.problem.title().unwrap_or_default())
    );
    if let Some(developer) = view.developer {
        write_failure(&mut text, developer);
    }
    write_members(&mut text, view);
    match (view.developer, &view.disclosed.debug) {
        (Some(developer), _) => write_request(&mut text, developer),
        (None, Some(debug)) => write_debug(&mut text, debug),
        (None, None) => {}
    }
    text
}

fn write_members(text: &mut String, view: View<'_>) {
    let problem = view.problem;
    let is_shown = view.developer.is_none() || view.redacts();
    // A developer has read the message already.
    let is_shown_above = |detail: &str| {
        let causes = view.developer.map(|developer| developer.causes.iter());
        let mut causes = causes.into_iter().flatten();
        causes.any(|cause| cause.message == detail)
    };
    if let Some(detail) = problem.detail()
        && is_shown
        && !is_shown_above(detail)
    {
        let _ = writeln!(text, "\n{}", indented(detail));
    }
    text.push('\n');
    if let Some(uri) = problem.type_member() {
        let _ = writeln!(text, "type: {}", OneLine(uri));
    }
    let members = problem.extensions().filter(|(name, _)| *name != "debug");
    for (name, value) in members.filter(|_| is_shown) {
        match (name, value) {
            ("errors", Value::Array(errors)) => {
                errors.iter().for_each(|error| write_error(text, error));
            }
            _ => write_member(text, name, value),
        }
    }
    let _ = writeln!(text, "id: {}", view.disclosed.id.hyphenated());
}

fn write_error(text: &mut String, error: &Value) {
    let member = |name| error.get(name).and_then(Value::as_str);
    let detail = member("detail").unwrap_or_default();
    let _ = write!(text, "- {}", OneLine(detail));
    if let Some(pointer) = member("pointer").or_else(|| member("parameter")) {
        let _ = write!(text, " ({})", OneLine(pointer));
    }
    text.push('\n');
}

/// The cause chain, the failing line with its source, the hints, and the application's frames.
fn write_failure(text: &mut String, shown: &DeveloperView) {
    text.push('\n');
    for (index, cause) in shown.causes.iter().enumerate() {
        text.push_str(if index == 0 { "" } else { "caused by: " });
        write_cause(text, cause);
    }
    if let Some(culprit) = &shown.culprit {
        write_culprit(text, culprit);
    } else if let Some(reason) = shown.no_culprit {
        let _ = writeln!(text, "\n{reason}");
    }
    for hint in &shown.hints {
        let lead = if hint.is_foreign { "help" } else { "hint" };
        let _ = writeln!(text, "\n{lead}: {}", OneLine(&hint.text));
    }
    let own = shown
        .frames
        .iter()
        .filter(|it| it.kind == FrameKind::Application);
    for (index, frame) in own.enumerate() {
        if index == 0 {
            text.push_str("\nframes of the application:\n");
        }
        let function = frame.function.as_deref().unwrap_or("unknown");
        let _ = write!(text, "    {}", OneLine(function));
        if let Some(position) = &frame.position {
            let _ = write!(text, " at {}", OneLine(&position.text()));
        }
        text.push('\n');
    }
}

fn write_cause(text: &mut String, cause: &ShownCause) {
    if let Some(name) = &cause.type_name {
        let _ = write!(text, "{}: ", OneLine(name));
    }
    let _ = writeln!(text, "{}", indented(&cause.message));
    if let Some(position) = &cause.position {
        let _ = writeln!(text, "    at {}", OneLine(&position.text()));
    }
}

fn write_culprit(text: &mut String, culprit: &Culprit) {
    let _ = write!(text, "\n{}", OneLine(&culprit.position.text()));
    if let Some(function) = &culprit.function {
        let _ = write!(text, " in {}", OneLine(function));
    }
    text.push('\n');
    for line in &culprit.source {
        let is_it = line.number == culprit.position.line;
        let mark = if is_it { '>' } else { ' ' };
        let _ = writeln!(text, "{mark} {:>5} | {}", line.number, OneLine(&line.text));
    }
}

fn write_request(text: &mut String, shown: &DeveloperView) {
    let request = &shown.request;
    let target = format!("{} {}", request.method, request.url);
    let _ = writeln!(text, "\n{}", OneLine(&target));
    if let Some(route) = &request.route {
        write_entry(text, "route", route);
    }
    for (name, value) in request.path_params.iter().chain(&request.headers) {
        write_entry(text, name, value);
    }
    for moment in &shown.timeline {
        let kind = moment.kind.as_str();
        let message = OneLine(&moment.message);
        let _ = writeln!(text, "-{} ms {kind}: {message}", moment.before);
    }
    for (section, entries) in &shown.sections {
        let _ = writeln!(text, "\n[{}]", OneLine(section));
        for (name, value) in entries {
            write_entry(text, name, value);
        }
    }
}

/// What is left for a developer if the view cannot be made.
fn write_debug(text: &mut String, debug: &Debug) {
    if let Some(help) = &debug.help {
        let _ = writeln!(text, "\nhelp: {}", OneLine(help));
    }
    let _ = writeln!(text, "\n{}", OneLine(&debug.request));
    for (name, value) in &debug.fields {
        write_member(text, name, value);
    }
    if debug.shows_backtrace {
        let stack = debug.stack();
        let stack = Lines {
            text: &stack,
            indent: "",
        };
        let _ = writeln!(text, "\n{stack}");
    }
}

fn write_member(text: &mut String, name: &str, value: &Value) {
    match value {
        Value::String(value) => write_entry(text, name, value),
        _ => write_entry(text, name, &value.to_string()),
    }
}

fn write_entry(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "{}: {}", OneLine(name), OneLine(value));
}

/// A text whose further lines are indented.
fn indented(text: &str) -> impl Display {
    Lines {
        text,
        indent: "    ",
    }
}
