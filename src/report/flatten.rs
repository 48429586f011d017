//! Objects as attributes.

use serde::Serialize;
use serde_json::Value;

use super::limits;
use crate::problem::to_value;

/// An object whose members become attributes under dotted keys: `{"socket": {"bytes_read": 7}}` becomes
/// `socket.bytes_read = 7`. The items of an array are keyed by index, `null` is skipped, and a bare scalar becomes the
/// attribute `value`. Values nested more than 16 levels
/// deep are skipped, and the report says how many. See
/// [`Scope::add_attributes`](crate::Scope::add_attributes).
///
/// Members whose name starts with `_` are skipped, unless [`with_private`](Self::with_private) includes them.
///
/// ```
/// use backstop::{Scope, report::Flatten};
/// use serde_json::json;
///
/// let scope = Scope::current();
/// scope.add_attributes(json!({"socket": {"bytes_read": 7}}));
/// scope.add_attributes(Flatten::new(json!({"_id": 1})).with_prefix("req").with_private(true));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "pass it to `Scope::add_attributes`"]
pub struct Flatten {
    value: Value,
    prefix: String,
    with_private: bool,
}

impl Flatten {
    /// Flattens anything that serializes to an object. If it cannot be serialized, there are no attributes.
    pub fn new(object: impl Serialize) -> Self {
        Self {
            value: to_value(object).unwrap_or_default(),
            prefix: String::new(),
            with_private: false,
        }
    }

    /// Sets a prefix for every key, which is followed by a dot. Default: none.
    pub fn with_prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Sets whether members whose name starts with `_` are included. Default: `false`.
    pub const fn with_private(mut self, with_private: bool) -> Self {
        self.with_private = with_private;
        self
    }

    /// Returns the attributes, at most one more than a scope keeps.
    pub(crate) fn into_attributes(self) -> Attributes {
        let mut attributes = Attributes::default();
        self.walk(&self.prefix, &self.value, MAX_DEPTH, &mut attributes);
        attributes
    }

    fn walk(&self, key: &str, value: &Value, depth: usize, attributes: &mut Attributes) {
        if attributes.scalars.len() > limits::ATTRIBUTES {
            return;
        }
        if depth == 0 {
            attributes.too_deep += 1;
            return;
        }
        match value {
            Value::Null => {}
            Value::Object(members) => {
                for (name, member) in members {
                    if self.with_private || !name.starts_with('_') {
                        self.walk(&join(key, name), member, depth - 1, attributes);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(&join(key, &index.to_string()), item, depth - 1, attributes);
                }
            }
            scalar => {
                let key = if key.is_empty() { "value" } else { key };
                attributes.scalars.push((key.to_owned(), scalar.clone()));
            }
        }
    }
}

/// What an object becomes.
#[derive(Debug, Default)]
pub(crate) struct Attributes {
    pub(crate) scalars: Vec<(String, Value)>,
    /// How many values were skipped because they were nested too deeply.
    pub(crate) too_deep: u64,
}

const MAX_DEPTH: usize = 16;

fn join(key: &str, name: &str) -> String {
    if key.is_empty() {
        name.to_owned()
    } else {
        format!("{key}.{name}")
    }
}

impl From<Value> for Flatten {
    fn from(value: Value) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_become_dotted_keys_and_private_ones_are_skipped_unless_included() {
        let object = json!({"socket": {"bytes_read": 7, "_fd": 3}, "list": ["a"], "gone": null});
        assert_eq!(
            Flatten::new(&object).into_attributes().scalars,
            [
                ("list.0".to_owned(), json!("a")),
                ("socket.bytes_read".to_owned(), json!(7)),
            ]
        );
        let all = Flatten::new(&object).with_prefix("req").with_private(true);
        let keys: Vec<String> = all
            .into_attributes()
            .scalars
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        assert_eq!(
            keys,
            ["req.list.0", "req.socket._fd", "req.socket.bytes_read"]
        );
    }
}
