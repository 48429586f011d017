//! How much one request may record: what is beyond is left out, and the report says so.

use serde_json::{Map, Value};

use crate::text::truncate;

/// Breadcrumbs and log lines, each; older ones make room.
pub(super) const RING: usize = 100;
/// Bytes of a breadcrumb's or a log line's text.
pub(super) const TEXT: usize = 1024;
/// Bytes of all data of all breadcrumbs of a request.
pub(super) const CRUMB_DATA: usize = 64 * 1024;
/// Attributes of a request.
pub(super) const ATTRIBUTES: usize = 128;
/// Bytes of a key or a name.
pub(super) const KEY: usize = 256;
/// Bytes of an attribute's text.
pub(super) const SCALAR: usize = 4 * 1024;
/// Bytes of one value of the metadata, and of one breadcrumb's data.
pub(super) const VALUE: usize = 16 * 1024;
/// Bytes of all metadata of a request.
pub(super) const METADATA: usize = 128 * 1024;
/// Feature flags of a request.
pub(super) const FLAGS: usize = 128;
/// `on_report` callbacks of a request.
pub(super) const CALLBACKS: usize = 32;
/// How deep a value may be nested.
const DEPTH: usize = 32;

/// A text, cut where it is too long.
pub(crate) fn short(mut text: String, max: usize) -> String {
    truncate(&mut text, max);
    text
}

/// About how many bytes a value takes as JSON; too many if it is nested too deep.
pub(super) fn weight(value: &Value) -> usize {
    value_weight(value, DEPTH)
}

/// The same for an object's members.
pub(super) fn map_weight(map: &Map<String, Value>) -> usize {
    members_weight(map, DEPTH)
}

fn value_weight(value: &Value, depth: usize) -> usize {
    if depth == 0 {
        return usize::MAX;
    }
    match value {
        Value::Null | Value::Bool(_) => 4,
        Value::Number(_) => 8,
        Value::String(text) => text.len().saturating_add(2),
        Value::Array(items) => items.iter().fold(2, |sum: usize, item| {
            sum.saturating_add(value_weight(item, depth - 1))
                .saturating_add(1)
        }),
        Value::Object(members) => members_weight(members, depth),
    }
}

fn members_weight(members: &Map<String, Value>, depth: usize) -> usize {
    members.iter().fold(2, |sum: usize, (key, value)| {
        sum.saturating_add(key.len())
            .saturating_add(4)
            .saturating_add(value_weight(value, depth - 1))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_is_cut_at_a_character() {
        let mut text = format!("a{}", "é".repeat(600));
        assert!(truncate(&mut text, TEXT));
        assert_eq!(text.len(), 1023);
        assert!(!truncate(&mut text, TEXT));
    }

    #[test]
    fn a_value_nested_too_deep_is_too_heavy() {
        let mut value = json!(1);
        for _ in 0..DEPTH {
            value = json!([value]);
        }
        assert_eq!(weight(&value), usize::MAX);
        assert!(weight(&json!({"a": [1, "two", null]})) < 40);
    }
}
