//! JSON of any depth from the application, limited so that it can be walked recursively.

use std::io;

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};
use serde_json::{Map, Value};

/// How many levels of nested arrays and objects a value may have.
pub(crate) const MAX_DEPTH: usize = 64;
/// How many levels are serialized at all: serializing recurses too.
const MAX_SERIALIZED: usize = 128;
/// What stands for what is nested too deeply.
const TOO_DEEP: &str = "…";

/// Serializes a value; `None` if that fails. A value nested more than 128 levels deep becomes `"…"`. It is also leaked,
/// because its own destructor would most likely recurse, and overflow the stack.
pub(crate) fn to_value(value: impl Serialize) -> Option<Value> {
    if is_too_deep(&value) {
        std::mem::forget(value);
        return Some(Value::String(TOO_DEEP.to_owned()));
    }
    serde_json::to_value(value).ok()
}

/// Replaces what is nested more than 64 levels deep by `"…"`, so that renderers and clients can walk the value
/// recursively.
#[must_use]
pub(crate) fn limit_depth(mut value: Value) -> Value {
    truncate(&mut value, MAX_DEPTH);
    value
}

/// Like [`limit_depth`], for all members of an object.
pub(crate) fn limit_depth_of(members: &mut Map<String, Value>) {
    for member in members.values_mut() {
        truncate(member, MAX_DEPTH - 1);
    }
}

fn truncate(value: &mut Value, levels: usize) {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => {
            drop_iteratively(std::mem::replace(value, Value::String(TOO_DEEP.to_owned())));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| truncate(item, levels - 1)),
        Value::Object(members) => members
            .values_mut()
            .for_each(|member| truncate(member, levels - 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Drops a value level by level. Its own destructor recurses, and would overflow the stack.
fn drop_iteratively(value: Value) {
    let mut remaining = vec![value];
    while let Some(value) = remaining.pop() {
        match value {
            Value::Array(items) => remaining.extend(items),
            Value::Object(members) => remaining.extend(members.into_iter().map(|(_, item)| item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

fn is_too_deep(value: &impl Serialize) -> bool {
    /// Writes nothing, and fails at the first array or object that is nested too deeply.
    struct Levels<'a> {
        left: usize,
        is_exceeded: &'a mut bool,
    }
    impl Levels<'_> {
        fn enter(&mut self) -> io::Result<()> {
            let left = self.left.checked_sub(1);
            *self.is_exceeded |= left.is_none();
            self.left = left.ok_or(io::ErrorKind::InvalidData)?;
            Ok(())
        }
    }
    impl Formatter for Levels<'_> {
        fn begin_array<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
            self.enter()
        }
        fn end_array<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
            self.left += 1;
            Ok(())
        }
        fn begin_object<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
            self.enter()
        }
        fn end_object<W: io::Write + ?Sized>(&mut self, _: &mut W) -> io::Result<()> {
            self.left += 1;
            Ok(())
        }
    }
    let mut is_exceeded = false;
    let levels = Levels {
        left: MAX_SERIALIZED,
        is_exceeded: &mut is_exceeded,
    };
    let _ = value.serialize(&mut Serializer::with_formatter(io::sink(), levels));
    is_exceeded
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(7), |value, level| match level % 2 {
            0 => Value::Array(vec![value]),
            _ => Value::Object(Map::from_iter([("a".to_owned(), value)])),
        })
    }

    #[test]
    fn a_value_is_serialized_up_to_128_levels() {
        for levels in [0, 1, 64, 128] {
            let value = nested(levels);
            assert_eq!(to_value(&value), Some(value));
        }
        for levels in [129, 200_000] {
            assert_eq!(to_value(nested(levels)), Some(json!("…")));
        }
        assert_eq!(to_value(f64::NAN), Some(Value::Null));
        assert_eq!(
            to_value(std::collections::HashMap::from([(vec![1], 1)])),
            None
        );
    }

    #[test]
    fn a_value_keeps_64_levels() {
        assert_eq!(limit_depth(nested(64)), nested(64));
        let limited = limit_depth(nested(200_000)).to_string();
        assert_eq!(
            limited.matches('[').count() + limited.matches('{').count(),
            64
        );
        let mut members = Map::from_iter([("a".to_owned(), nested(200_000))]);
        limit_depth_of(&mut members);
        assert_eq!(to_value(&members), Some(Value::Object(members)));
    }
}
