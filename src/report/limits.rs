//! The limits of what one scope records. What exceeds a limit is dropped, and the report says so.

use serde_json::{Map, Value};

/// The number of breadcrumbs, and of log lines; a new one replaces the oldest.
pub(super) const RING: usize = 100;
/// Bytes of the message of a breadcrumb or log line.
pub(super) const TEXT: usize = 1024;
/// Bytes of the data of all breadcrumbs together.
pub(super) const BREADCRUMB_DATA: usize = 64 * 1024;
/// Attributes.
pub(super) const ATTRIBUTES: usize = 128;
/// Bytes of a key or a name.
pub(super) const KEY: usize = 256;
/// Bytes of an attribute's text.
pub(super) const SCALAR: usize = 4 * 1024;
/// Bytes of one value of the metadata, and of one breadcrumb's data.
pub(super) const VALUE: usize = 16 * 1024;
/// Bytes of all metadata together.
pub(super) const METADATA: usize = 128 * 1024;
/// Feature flags.
pub(super) const FLAGS: usize = 128;
/// `on_report` callbacks.
pub(super) const CALLBACKS: usize = 32;
/// How deeply a value may be nested.
const DEPTH: usize = 32;

/// The approximate size of a value as JSON, in bytes; `usize::MAX` if it is nested too deeply.
pub(super) fn size_of_value(value: &Value) -> usize {
    value_size(value, DEPTH)
}

/// Like [`size_of_value`], for the members of an object; 0 if there are none.
pub(super) fn size_of_map(map: &Map<String, Value>) -> usize {
    if map.is_empty() {
        0
    } else {
        members_size(map, DEPTH)
    }
}

fn value_size(value: &Value, depth: usize) -> usize {
    if depth == 0 {
        return usize::MAX;
    }
    match value {
        Value::Null | Value::Bool(_) => 4,
        Value::Number(_) => 8,
        Value::String(text) => text.len().saturating_add(2),
        Value::Array(items) => items.iter().fold(2, |sum: usize, item| {
            sum.saturating_add(value_size(item, depth - 1))
                .saturating_add(1)
        }),
        Value::Object(members) => members_size(members, depth),
    }
}

fn members_size(members: &Map<String, Value>, depth: usize) -> usize {
    members.iter().fold(2, |sum: usize, (key, value)| {
        sum.saturating_add(key.len())
            .saturating_add(4)
            .saturating_add(value_size(value, depth - 1))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_that_is_nested_too_deeply_exceeds_every_limit() {
        let mut value = json!(1);
        for _ in 0..DEPTH {
            value = json!([value]);
        }
        assert_eq!(size_of_value(&value), usize::MAX);
        assert!(size_of_value(&json!({"a": [1, "two", null]})) < 40);
    }
}
