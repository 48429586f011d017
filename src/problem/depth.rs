//! Values of any depth, without a recursion of that depth.

use serde_json::Value;

/// How deep a value is shown.
const DEPTH: usize = 64;

/// The value with what lies deeper than renderers and clients should have to walk cut off.
pub(crate) fn shallow(mut value: Value) -> Value {
    make_shallow(&mut value);
    value
}

/// Like [`shallow`], in place.
pub(super) fn make_shallow(value: &mut Value) {
    cut(value, DEPTH);
}

/// Cuts off what lies more than `left` levels deep.
fn cut(value: &mut Value, left: usize) {
    match value {
        Value::Array(_) | Value::Object(_) if left == 0 => {
            dismantle(std::mem::replace(value, Value::String("…".to_owned())));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| cut(item, left - 1)),
        Value::Object(members) => members.values_mut().for_each(|item| cut(item, left - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Drops a value level by level: its own destructor calls itself at each.
fn dismantle(value: Value) {
    let mut rest = vec![value];
    while let Some(value) = rest.pop() {
        match value {
            Value::Array(items) => rest.extend(items),
            Value::Object(members) => rest.extend(members.into_iter().map(|(_, item)| item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}
