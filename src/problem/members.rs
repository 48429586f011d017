//! Extension members: the names that they must not have, and how deeply their values may be nested.

use std::fmt;

use serde_json::Value;

/// The members that RFC 9457, section 3.1, defines; an extension of the same name would shadow one.
pub(super) const STANDARD: [&str; 5] = ["type", "title", "status", "detail", "instance"];

/// The members that Backstop writes itself, in one shape or another.
pub(crate) const RESERVED: [&str; 15] = [
    "type",
    "title",
    "status",
    "detail",
    "instance",
    "statusCode",
    "name",
    "message",
    "code",
    "details",
    "errors",
    "stack",
    "cause",
    "debug",
    "error",
];

// `const` because derived code checks the names of its fields at compile time.
pub(crate) const fn is_reserved(name: &str) -> bool {
    let mut index = 0;
    while index < RESERVED.len() {
        if is_equal(RESERVED[index].as_bytes(), name.as_bytes()) {
            return true;
        }
        index += 1;
    }
    false
}

const fn is_equal(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// The error of [`Problem::insert`](super::Problem::insert) for an extension member that has the name of a
/// standard member (RFC 9457, section 3.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReservedName {
    name: String,
}

impl ReservedName {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }

    /// The rejected name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for ReservedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is a standard member of problem documents, not an extension; set it with its own setter",
            self.name
        )
    }
}

impl std::error::Error for ReservedName {}

/// How many levels of nested arrays and objects a value may have.
pub(crate) const MAX_DEPTH: usize = 64;

/// Replaces what is nested more than 64 levels deep by `"…"`, so that renderers and clients can walk the value
/// recursively.
#[must_use]
pub(crate) fn limit_depth(mut value: Value) -> Value {
    truncate(&mut value, MAX_DEPTH);
    value
}

fn truncate(value: &mut Value, levels: usize) {
    match value {
        Value::Array(_) | Value::Object(_) if levels == 0 => {
            drop_iteratively(std::mem::replace(value, Value::String("…".to_owned())));
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
