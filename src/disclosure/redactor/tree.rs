//! JSON values.

use serde_json::{Map, Value};

use super::edit::REDACTED;
use super::key::{Rules, Sense};
use super::members::{self, MAX_DEPTH};
use super::object_keys;

/// Hides what is sensitive in the value of a key; `text` returns a string without what is sensitive in it, if it changed.
pub(super) fn redact(
    rules: &Rules,
    key: &str,
    value: &mut Value,
    text: &dyn Fn(&str) -> Option<String>,
) {
    let place = Place {
        is_below_secret: rules.speaks_of_secrets(key),
        ..Place::default()
    };
    walk(&Walk { rules, text }, rules.sense(key), value, place);
}

/// The same for the members of the object that a key has.
pub(super) fn members(
    rules: &Rules,
    key: &str,
    object: &mut Map<String, Value>,
    text: &dyn Fn(&str) -> Option<String>,
) {
    let place = Place {
        is_below_secret: rules.speaks_of_secrets(key),
        ..Place::default()
    };
    self::object(&Walk { rules, text }, rules.sense(key), object, place);
}

struct Walk<'a> {
    rules: &'a Rules,
    text: &'a dyn Fn(&str) -> Option<String>,
}

/// Where a value is.
#[derive(Clone, Copy, Default)]
struct Place {
    depth: usize,
    in_list: bool,
    /// Whether a key above it speaks of secrets, so that its own keys may be some.
    is_below_secret: bool,
}

fn walk(with: &Walk<'_>, sense: Sense, value: &mut Value, place: Place) {
    let depth = place.depth;
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
            if let Some(redacted) = (with.text)(text) {
                *text = redacted;
            }
            // What was hidden of it may have been what made it harmless.
            if members::hides_text(with.rules, sense, text) {
                REDACTED.clone_into(text);
            }
        }
        Value::Array(items) => array(with, sense, items, place),
        Value::Object(members) => object(with, sense, members, place),
    }
}

fn array(with: &Walk<'_>, outer: Sense, items: &mut [Value], place: Place) {
    let is_pair = place.in_list && items.len() == 2;
    let place = Place {
        depth: place.depth + 1,
        in_list: true,
        ..place
    };
    let mut sense = outer;
    for item in items {
        let name = item
            .as_str()
            .filter(|text| is_pair || (text.starts_with("--") && !text.contains('=')));
        let next = name.map_or(outer, |name| with.rules.sense(name).max(outer));
        walk(with, sense, item, place);
        sense = next;
    }
}

fn object(with: &Walk<'_>, outer: Sense, object: &mut Map<String, Value>, place: Place) {
    let names = object.iter().filter(|(key, _)| members::is_name(key));
    let named = names
        .filter_map(|(_, name)| name.as_str())
        .map(|name| with.rules.sense(name))
        .max()
        .unwrap_or(Sense::Harmless);
    for (key, value) in &mut *object {
        let own = members::sense(with.rules, outer, key);
        let sense = if members::is_value(key) {
            own.max(named)
        } else {
            own
        };
        let place = Place {
            depth: place.depth + 1,
            in_list: false,
            is_below_secret: place.is_below_secret || with.rules.speaks_of_secrets(key),
        };
        walk(with, sense, value, place);
    }
    rename(with, object, place.is_below_secret);
}

/// Renames the members whose keys are secrets.
fn rename(with: &Walk<'_>, object: &mut Map<String, Value>, below: bool) {
    let renamed = object.keys().filter_map(|key| {
        let shown = object_keys::redacted(with.rules, below, key, with.text)?;
        Some((key.clone(), shown))
    });
    for (key, shown) in renamed.collect::<Vec<_>>() {
        if let Some(value) = object.remove(&key) {
            object.insert(
                object_keys::unused(shown, |key| object.contains_key(key)),
                value,
            );
        }
    }
}
