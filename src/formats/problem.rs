//! What a renderer gets, and the problem that is made of a disclosed failure.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use super::Shape;
use crate::disclosure::{Debug, Disclosed, Item};
use crate::error::MANY;
use crate::problem::{Problem, is_reserved, reason_phrase};

/// One answer, ready to be written.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    /// The problem, after the owner's last word on it.
    pub(crate) problem: &'a Problem,
    pub(crate) disclosed: &'a Disclosed,
    pub(crate) shape: &'a Shape,
}

/// The problem that tells what was disclosed, under the URN of its id; its detail moves over.
pub(crate) fn problem(disclosed: &mut Disclosed, urn: &str) -> Problem {
    let item = &mut disclosed.item;
    let mut problem = Problem::new(item.status).instance(urn.to_owned());
    if let Some(uri) = &disclosed.type_uri {
        problem.set_type_uri(uri.clone());
    }
    if let Some(title) = &item.title {
        problem.set_title(title.clone());
    }
    // The sentence about several errors speaks of the envelope's `details`; a problem has `errors`.
    if let Some(detail) = item.detail.take().filter(|detail| detail != MANY) {
        problem.set_detail(detail);
    }
    let mut extend = |name: Cow<'static, str>, value: Value| {
        // Only the five names of the standard are refused, and none of these is one.
        let _ = problem.insert(name, value);
    };
    if !item.items.is_empty() {
        extend(
            "errors".into(),
            item.items.iter().map(member_of_errors).collect(),
        );
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
        extend("debug".into(), debug_member(debug));
    }
    problem
}

/// One of several errors, as RFC 9457 shows it in section 3.
fn member_of_errors(item: &Item) -> Value {
    let mut members = Map::new();
    let detail = item
        .detail
        .clone()
        .unwrap_or_else(|| reason_phrase(item.status).into());
    members.insert("detail".into(), detail.into_owned().into());
    let optional = [
        ("pointer", &item.pointer),
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
        members.insert(
            "errors".into(),
            item.items.iter().map(member_of_errors).collect(),
        );
    }
    members.into()
}

fn debug_member(debug: &Debug) -> Value {
    let chain = debug.chain.iter().map(|link| {
        if debug.shows_backtrace {
            json!(link)
        } else {
            json!({ "message": link.message() })
        }
    });
    let mut members = Map::new();
    if let Some(name) = &debug.type_name {
        members.insert("type".into(), name.clone().into());
    }
    members.insert("chain".into(), chain.collect());
    if !debug.fields.is_empty() {
        let fields = debug
            .fields
            .iter()
            .map(|(name, value)| (name.to_string(), value.clone()));
        members.insert("fields".into(), fields.collect());
    }
    members.insert("request".into(), debug.request.clone().into());
    members.into()
}
