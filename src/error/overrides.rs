//! What the setters of an `Error` set: it overrides what the error says itself.

use std::borrow::Cow;
use std::panic::Location;

use http::HeaderMap;
use serde_json::Value;

use super::grouping_part::GroupingPart;
use crate::json::size_of_value;
use crate::problem::{MAX_DEPTH, Member, MemberMap};

/// What was set on an [`Error`](crate::Error), apart from its status and exposure.
#[derive(Default)]
pub(super) struct Overrides {
    pub(super) code: Option<Value>,
    pub(super) name: Option<Cow<'static, str>>,
    pub(super) title: Option<Cow<'static, str>>,
    pub(super) detail: Option<Cow<'static, str>>,
    pub(super) type_uri: Option<Cow<'static, str>>,
    pub(super) details: Option<Value>,
    pub(super) fields: MemberMap,
    /// More members of a problem, which clients see like its details.
    pub(super) members: Vec<Field>,
    pub(super) headers: HeaderMap,
    pub(super) fingerprint: Option<Cow<'static, str>>,
    /// What distinguishes an error that was only borrowed.
    pub(super) grouping: Vec<GroupingPart>,
    /// In the order in which they were added, so the outermost is last.
    pub(super) contexts: Vec<(Cow<'static, str>, &'static Location<'static>)>,
}

/// A field of an error: its key and value.
pub(super) type Field = Member;

impl Overrides {
    /// The size of what was set, in bytes.
    pub(super) fn size(&self) -> usize {
        let texts = [&self.name, &self.title, &self.detail, &self.type_uri];
        let texts = texts.into_iter().flatten().map(|text| text.len());
        let contexts = self.contexts.iter().map(|(text, _)| text.len());
        let values = [&self.code, &self.details].into_iter().flatten();
        let fields = self
            .fields
            .iter()
            .chain(&self.members)
            .map(|(key, value)| key.len() + size(value));
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len());
        texts
            .chain(contexts)
            .chain(values.map(size))
            .chain(fields)
            .chain(headers)
            .sum()
    }
}

/// The size of a value, whose depth the setters limit.
fn size(value: &Value) -> usize {
    size_of_value(value, MAX_DEPTH + 1).unwrap_or_default()
}
