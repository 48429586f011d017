//! What a renderer receives: what is disclosed of a failure, and the problem document made from it.

use std::borrow::Cow;

use http::HeaderValue;
use serde_json::{Map, Value};

use super::debug_member::debug_member;
use super::shape::Shape;
use crate::development::DeveloperView;
use crate::disclosure::{Disclosed, Item};
use crate::error::MANY;
use crate::problem::{Problem, is_reserved, reason_phrase};
use crate::request::RequestInfo;

/// An error response, ready to be rendered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'a> {
    /// The problem, as `customize` callbacks have left it.
    pub(crate) problem: &'a Problem,
    pub(crate) disclosed: &'a Disclosed,
    pub(crate) shape: &'a Shape,
    pub(crate) request: &'a RequestInfo,
    /// What a developer sees besides, if this client is one.
    pub(crate) developer: Option<&'a DeveloperView>,
    /// The value of the response's `Retry-After`, for the page.
    pub(crate) retry_after: Option<&'a HeaderValue>,
    /// Whether a developer asked for all of it, in Markdown.
    pub(crate) is_complete: bool,
}

impl View<'_> {
    /// Whether the members of the problem are redacted for developers. The envelopes show them unchanged, as their
    /// clients expect, so nothing else does.
    pub(super) fn redacts(self) -> bool {
        !self.shape.keeps_properties()
    }
}

/// The problem document of a failure. Its instance is `urn`, the URN of the id; the detail is moved out of `disclosed`.
pub(crate) fn problem(
    disclosed: &mut Disclosed,
    urn: &str,
    developer: Option<&DeveloperView>,
) -> Problem {
    let item = &mut disclosed.item;
    let mut problem = Problem::new(item.status).with_instance(urn.to_owned());
    if let Some(uri) = &disclosed.type_uri {
        problem.set_type(uri.clone());
    }
    if let Some(title) = &item.title {
        problem.set_title(title.clone());
    }
    // The message of several errors refers to the envelope's `details`; a problem has `errors`.
    if let Some(detail) = item.detail.take().filter(|detail| detail != MANY) {
        problem.set_detail(detail);
    }
    let mut extend = |name: Cow<'static, str>, value: Value| {
        // Cannot fail: none of these names is a standard member.
        let _ = problem.insert(name, value);
    };
    if !item.items.is_empty() {
        extend("errors".into(), errors(item));
    }
    for (name, value) in [("code", &item.code), ("details", &item.details)] {
        if let Some(value) = value {
            extend(name.into(), value.clone());
        }
    }
    for (name, value) in item.fields.iter().filter(|(name, _)| !is_reserved(name)) {
        extend(name.clone(), value.clone());
    }
    if let Some(debug) = &disclosed.debug {
        extend("debug".into(), debug_member(debug, developer));
    }
    problem
}

/// The errors of an item that has several.
pub(super) fn errors(item: &Item) -> Value {
    item.items.iter().map(item_of_errors).collect()
}

/// One of several errors, as in the example of RFC 9457, section 3.
fn item_of_errors(item: &Item) -> Value {
    let mut members = Map::new();
    let detail = item
        .detail
        .clone()
        .unwrap_or_else(|| reason_phrase(item.status).into());
    members.insert("detail".into(), detail.into_owned().into());
    let optional = [
        ("pointer", &item.pointer),
        ("parameter", &item.parameter),
        ("code", &item.code),
        ("details", &item.details),
    ];
    for (name, value) in optional {
        if let Some(value) = value {
            members.insert(name.into(), value.clone());
        }
    }
    for (name, value) in &item.fields {
        members.insert(name.to_string(), value.clone());
    }
    if !item.items.is_empty() {
        members.insert("errors".into(), errors(item));
    }
    members.into()
}
