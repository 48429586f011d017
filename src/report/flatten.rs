//! Objects as attributes.

use serde::Serialize;
use serde_json::Value;

use super::limits;

/// An object whose members become dotted attributes: `{"socket": {"bytes_read": 7}}` is
/// `socket.bytes_read = 7`. Items of arrays go by their index; what is null is left out.
///
/// Members whose name starts with `_` are left out, unless [`private`](Self::private) lets them in.
///
/// ```
/// use backstop::report::Flatten;
/// use backstop::Scope;
/// use serde_json::json;
///
/// let scope = Scope::current();
/// scope.attributes_from(json!({"socket": {"bytes_read": 7}}));
/// scope.attributes_from(Flatten::new(json!({"_id": 1})).prefix("req").private(true));
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it is to be given to `attributes_from`"]
pub struct Flatten {
    value: Value,
    prefix: String,
    with_private: bool,
}

impl Flatten {
    /// The members of anything that serialises to an object.
    pub fn new(object: impl Serialize) -> Self {
        Self {
            value: serde_json::to_value(object).unwrap_or_default(),
            prefix: String::new(),
            with_private: false,
        }
    }

    /// What every key starts with, before a dot. Default: nothing.
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    /// Whether members whose name starts with `_` are taken too. Default: `false`.
    pub const fn private(mut self, with_private: bool) -> Self {
        self.with_private = with_private;
        self
    }

    /// The attributes, at most one more than a request may have.
    pub(super) fn attributes(self) -> Vec<(String, Value)> {
        let mut found = Vec::new();
        self.walk(&self.prefix, &self.value, MAX_DEPTH, &mut found);
        found
    }

    fn walk(&self, key: &str, value: &Value, depth: usize, found: &mut Vec<(String, Value)>) {
        if depth == 0 || found.len() > limits::ATTRIBUTES {
            return;
        }
        let path = |name: &str| {
            if key.is_empty() {
                name.to_owned()
            } else {
                format!("{key}.{name}")
            }
        };
        match value {
            Value::Null => {}
            Value::Object(members) => {
                for (name, member) in members {
                    if self.with_private || !name.starts_with('_') {
                        self.walk(&path(name), member, depth - 1, found);
                    }
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.walk(&path(&index.to_string()), item, depth - 1, found);
                }
            }
            scalar => found.push((path_or_value(key), scalar.clone())),
        }
    }
}

impl From<Value> for Flatten {
    fn from(value: Value) -> Self {
        Self::new(value)
    }
}

const MAX_DEPTH: usize = 16;

/// A bare scalar has no key of its own.
fn path_or_value(key: &str) -> String {
    if key.is_empty() { "value" } else { key }.to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_become_dotted_keys_and_private_ones_stay_out_unless_asked_for() {
        let object = json!({"socket": {"bytes_read": 7, "_fd": 3}, "list": ["a"], "gone": null});
        assert_eq!(
            Flatten::new(&object).attributes(),
            [
                ("list.0".to_owned(), json!("a")),
                ("socket.bytes_read".to_owned(), json!(7)),
            ]
        );
        let all = Flatten::new(&object).prefix("req").private(true);
        let keys: Vec<String> = all.attributes().into_iter().map(|(key, _)| key).collect();
        assert_eq!(
            keys,
            ["req.list.0", "req.socket._fd", "req.socket.bytes_read"]
        );
    }
}
