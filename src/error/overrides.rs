//! What the setters of an `Error` set: it overrides what the error says itself.

use std::borrow::Cow;
use std::panic::Location;

use http::HeaderMap;
use serde_json::Value;

/// What was set on an [`Error`](crate::Error), apart from its status and exposure.
#[derive(Default)]
pub(super) struct Overrides {
    pub(super) code: Option<Value>,
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) title: Option<Cow<'static, str>>,
    pub(super) detail: Option<Cow<'static, str>>,
    pub(super) type_uri: Option<Cow<'static, str>>,
    pub(super) details: Option<Value>,
    pub(super) fields: Vec<Field>,
    pub(super) headers: HeaderMap,
    /// In the order in which they were added, so the outermost is last.
    pub(super) contexts: Vec<(Cow<'static, str>, &'static Location<'static>)>,
}

/// A field of an error: its key and value.
pub(super) type Field = (Cow<'static, str>, Value);

/// Sets a field, in place of one with the same key.
pub(super) fn set_field(fields: &mut Vec<Field>, (key, value): Field) {
    fields.retain(|(known, _)| *known != key);
    fields.push((key, value));
}
