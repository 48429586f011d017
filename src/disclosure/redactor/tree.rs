//! JSON values.

use serde_json::{Map, Value};

use super::edit::REDACTED;
use super::key::{Rules, Sense};
use super::members::{self, MAX_DEPTH};

/// Hides what is sensitive in a value whose key has this sense; `text` hides what is sensitive in a string.
pub(super) fn redact(rules: &Rules, sense: Sense, value: &mut Value, text: &dyn Fn(&mut String)) {
    walk(&Walk { rules, text }, sense, value, (0, false));
}

/// The same for the members of an object whose key has this sense.
pub(super) fn members(
    rules: &Rules,
    sense: Sense,
    object: &mut Map<String, Value>,
    text: &dyn Fn(&mut String),
) {
    self::object(&Walk { rules, text }, sense, object, 0);
}

struct Walk<'a> {
    rules: &'a Rules,
    text: &'a dyn Fn(&mut String),
}

fn walk(with: &Walk<'_>, sense: Sense, value: &mut Value, (depth, in_list): (usize, bool)) {
    let is_hidden = match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(number) => members::hides_number(sense, &number.to_string()),
        Value::String(text) => members::hides_text(with.rules, sense, text),
        Value::Array(items) if depth < MAX_DEPTH && items.first().is_none_or(Value::is_string) => {
            false
        }
        Value::Array(_) => depth == MAX_DEPTH || matches!(sense, Sense::Secret | Sense::Line),
        Value::Object(members) => {
            !members.is_empty()
                && (depth == MAX_DEPTH || matches!(sense, Sense::Secret | Sense::Line))
        }
    };
    if is_hidden {
        *value = Value::String(REDACTED.to_owned());
        return;
    }
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
        Value::String(text) => {
            (with.text)(text);
            // What was hidden of it may have been what made it harmless.
            if members::hides_text(with.rules, sense, text) {
                REDACTED.clone_into(text);
            }
        }
        Value::Array(items) => array(with, sense, items, (depth, in_list)),
        Value::Object(members) => object(with, sense, members, depth),
    }
}

fn array(with: &Walk<'_>, outer: Sense, items: &mut [Value], (depth, in_list): (usize, bool)) {
    let is_pair = in_list && items.len() == 2;
    let mut sense = outer;
    for item in items {
        let name = item
            .as_str()
            .filter(|text| is_pair || (text.starts_with("--") && !text.contains('=')));
        let next = name.map_or(outer, |name| with.rules.sense(name).max(outer));
        walk(with, sense, item, (depth + 1, true));
        sense = next;
    }
}

fn object(with: &Walk<'_>, outer: Sense, object: &mut Map<String, Value>, depth: usize) {
    let names = object.iter().filter(|(key, _)| members::is_name(key));
    let named = names
        .filter_map(|(_, name)| name.as_str())
        .map(|name| with.rules.sense(name))
        .max()
        .unwrap_or(Sense::Harmless);
    for (key, value) in object {
        let own = members::sense(with.rules, outer, key);
        let sense = if members::is_value(key) {
            own.max(named)
        } else {
            own
        };
        walk(with, sense, value, (depth + 1, false));
    }
}
