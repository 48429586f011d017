//! JSON as OpenTelemetry's values, and their size.

use opentelemetry::Key;
use opentelemetry::logs::AnyValue;
use serde_json::{Number, Value};

/// How deeply a value may be nested. One level takes three in protobuf, whose decoders accept a hundred.
const DEPTH: usize = 16;

/// A value; `None` for null, which OpenTelemetry's API does not have.
pub(crate) fn of(json: Value) -> Option<AnyValue> {
    nested(json, DEPTH)
}

fn nested(json: Value, depth: usize) -> Option<AnyValue> {
    Some(match json {
        Value::Null => return None,
        Value::Bool(value) => value.into(),
        Value::Number(value) => number(&value),
        Value::String(value) => value.into(),
        Value::Array(_) | Value::Object(_) if depth == 0 => json.to_string().into(),
        // The other items keep their indices.
        Value::Array(items) => items
            .into_iter()
            .map(|item| nested(item, depth - 1).unwrap_or_else(|| "null".into()))
            .collect(),
        Value::Object(members) => members
            .into_iter()
            .filter_map(|(key, item)| Some((key, nested(item, depth - 1)?)))
            .collect(),
    })
}

/// An integer that does not fit into an `i64` is a string, so that it stays exact.
fn number(number: &Number) -> AnyValue {
    if let Some(value) = number.as_i64() {
        return AnyValue::Int(value);
    }
    let float = number.as_f64().filter(|_| number.as_u64().is_none());
    float.map_or_else(|| number.to_string().into(), AnyValue::from)
}

/// An upper bound on the size of a map's member in protobuf, in bytes.
pub(crate) fn member_bytes(key: &Key, value: &AnyValue) -> usize {
    OVERHEAD + key.as_str().len() + bytes(value)
}

/// Tags and lengths around a value and its key.
const OVERHEAD: usize = 20;

fn bytes(value: &AnyValue) -> usize {
    match value {
        AnyValue::String(text) => text.as_str().len(),
        AnyValue::Bytes(bytes) => bytes.len(),
        AnyValue::ListAny(items) => items.iter().map(|item| OVERHEAD + bytes(item)).sum(),
        AnyValue::Map(members) => members
            .iter()
            .map(|(key, item)| member_bytes(key, item))
            .sum(),
        // A number takes at most ten bytes.
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_stay_exact_and_nulls_are_left_out_of_maps_only() {
        assert_eq!(of(json!(-7)), Some(AnyValue::Int(-7)));
        assert_eq!(of(json!(0.5)), Some(AnyValue::Double(0.5)));
        assert_eq!(of(json!(u64::MAX)), Some("18446744073709551615".into()));
        assert_eq!(of(json!(null)), None);
        let want: AnyValue = [("b", AnyValue::from_iter(["x", "null"]))]
            .into_iter()
            .collect();
        assert_eq!(of(json!({"a": null, "b": ["x", null]})), Some(want));
    }

    #[test]
    fn values_that_are_nested_too_deep_are_strings() {
        let mut json = json!({"deepest": 1});
        for _ in 0..40 {
            json = json!([json]);
        }
        let mut value = of(json).unwrap();
        for _ in 0..DEPTH {
            let AnyValue::ListAny(items) = value else {
                panic!("{value:?}");
            };
            value = items.into_iter().next().unwrap();
        }
        let AnyValue::String(text) = value else {
            panic!("{value:?}");
        };
        assert!(
            text.as_str()
                .ends_with("{\"deepest\":1}]]]]]]]]]]]]]]]]]]]]]]]]")
        );
    }
}
