//! Plain text, to be read in a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use super::view::View;

/// Renders the status and title, the detail, the other members one per line, the id, and for developers the stack.
pub(super) fn render(view: View<'_>) -> String {
    let (problem, disclosed) = (view.problem, view.disclosed);
    let mut text = String::with_capacity(256);
    // Writing to a `String` does not fail.
    let _ = writeln!(
        text,
        "{} {}",
        disclosed.item.status.as_u16(),
        problem.title().unwrap_or_default()
    );
    if let Some(detail) = problem.detail() {
        let _ = writeln!(text, "\n{detail}");
    }
    text.push('\n');
    if let Some(uri) = problem.type_member() {
        let _ = writeln!(text, "type: {uri}");
    }
    for (name, value) in problem.extensions().filter(|(name, _)| *name != "debug") {
        match (name, value) {
            ("errors", Value::Array(errors)) => errors
                .iter()
                .for_each(|error| write_error(&mut text, error)),
            (_, Value::String(value)) => drop(writeln!(text, "{name}: {value}")),
            _ => drop(writeln!(text, "{name}: {value}")),
        }
    }
    let _ = writeln!(text, "id: {}", disclosed.id.hyphenated());
    if let Some(debug) = &disclosed.debug {
        let _ = writeln!(text, "\n{}", debug.request);
        for (name, value) in &debug.fields {
            let _ = writeln!(text, "{name}: {value}");
        }
        if debug.shows_backtrace {
            let _ = writeln!(text, "\n{}", debug.stack());
        }
    }
    text
}

fn write_error(text: &mut String, error: &Value) {
    let member = |name| error.get(name).and_then(Value::as_str);
    let _ = write!(text, "- {}", member("detail").unwrap_or_default());
    if let Some(pointer) = member("pointer") {
        let _ = write!(text, " ({pointer})");
    }
    text.push('\n');
}
