//! How large JSON values are.

use serde_json::{Map, Value};

/// The approximate size of a value as JSON, in bytes. `None` if it is nested more deeply than `max_depth`.
pub(crate) fn size_of_value(value: &Value, max_depth: usize) -> Option<usize> {
    if max_depth == 0 {
        return None;
    }
    match value {
        Value::Null | Value::Bool(_) => Some(4),
        Value::Number(_) => Some(8),
        Value::String(text) => Some(text.len() + 2),
        Value::Array(items) => items.iter().try_fold(2, |sum: usize, item| {
            Some(sum.saturating_add(size_of_value(item, max_depth - 1)?) + 1)
        }),
        Value::Object(members) => size_of_map(members, max_depth),
    }
}

/// Like [`size_of_value`], for the members of an object.
pub(crate) fn size_of_map(members: &Map<String, Value>, max_depth: usize) -> Option<usize> {
    members.iter().try_fold(2, |sum: usize, (key, value)| {
        let value = size_of_value(value, max_depth - 1)?;
        Some(sum.saturating_add(key.len() + 4).saturating_add(value))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_value_that_is_nested_too_deeply_has_no_size() {
        let mut value = json!(1);
        for _ in 0..32 {
            value = json!([value]);
        }
        assert_eq!(size_of_value(&value, 32), None);
        assert!(size_of_value(&value, 33).is_some_and(|size| size < 200));
        assert!(size_of_value(&json!({"a": [1, "two", null]}), 32).is_some_and(|size| size < 40));
    }
}
