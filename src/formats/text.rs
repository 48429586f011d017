//! Plain text, to be read in a terminal.

use std::fmt::Write as _;

use serde_json::Value;

use super::view::View;
use crate::printable::{Lines, OneLine};

/// Renders the status and title, the detail, the other members one per line, the id, and for developers the stack.
///
/// Texts of others cannot control the terminal, and the further lines of a detail are indented, so that none can pass
/// for a member.
pub(super) fn render(view: View<'_>) -> String {
    let (problem, disclosed) = (view.problem, view.disclosed);
    let mut text = String::with_capacity(256);
    // Writing to a `String` does not fail.
    let _ = writeln!(
        text,
        "{} {}",
        disclosed.item.status.as_u16(),
        OneLine(problem.title().unwrap_or_default())
    );
    if let Some(detail) = problem.detail() {
        let detail = Lines {
            text: detail,
            indent: "    ",
        };
        let _ = writeln!(text, "\n{detail}");
    }
    text.push('\n');
    if let Some(uri) = problem.type_member() {
        let _ = writeln!(text, "type: {}", OneLine(uri));
    }
    for (name, value) in problem.extensions().filter(|(name, _)| *name != "debug") {
        match (name, value) {
            ("errors", Value::Array(errors)) => errors
                .iter()
                .for_each(|error| write_error(&mut text, error)),
            _ => write_member(&mut text, name, value),
        }
    }
    let _ = writeln!(text, "id: {}", disclosed.id.hyphenated());
    if let Some(debug) = &disclosed.debug {
        if let Some(help) = &debug.help {
            let _ = writeln!(text, "\nhelp: {}", OneLine(help));
        }
        let _ = writeln!(text, "\n{}", OneLine(&debug.request));
        for (name, value) in &debug.fields {
            write_member(&mut text, name, value);
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
    text
}

fn write_member(text: &mut String, name: &str, value: &Value) {
    let name = OneLine(name);
    let _ = match value {
        Value::String(value) => writeln!(text, "{name}: {}", OneLine(value)),
        _ => writeln!(text, "{name}: {}", OneLine(&value.to_string())),
    };
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
