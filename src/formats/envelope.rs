//! The members that LoopBack's strong-error-handler answers.

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::{Document, Shape};
use crate::disclosure::{Debug, Item};
use crate::error::MANY;
use crate::problem::reason_phrase;

/// The members in their order.
#[derive(Debug)]
pub(super) struct Members(Vec<(Cow<'static, str>, Value)>);

/// The members under their root.
struct Rooted<'a> {
    root: &'a str,
    members: &'a Members,
}

/// The envelope as JSON.
pub(super) fn json(document: &Document<'_>, shape: &Shape) -> Vec<u8> {
    let members = members(document);
    let mut bytes = Vec::with_capacity(256);
    // Members are made of texts, numbers and `Value`s, which all serialise.
    let _ = match shape {
        Shape::Envelope { root } => serde_json::to_writer(
            &mut bytes,
            &Rooted {
                root,
                members: &members,
            },
        ),
        Shape::Problem | Shape::Bare => serde_json::to_writer(&mut bytes, &members),
    };
    bytes
}

/// What the envelope says: the members of the error, and in development its other fields and its stack.
pub(super) fn members(document: &Document<'_>) -> Members {
    let item = &document.disclosed.item;
    let debug = document.disclosed.debug.as_ref();
    let mut members = of_item(item, debug.is_some());
    // What the owner's hook said of the problem counts in every shape.
    if item.items.is_empty()
        && let Some(message) = document
            .problem
            .detail_ref()
            .or_else(|| document.problem.title_ref())
    {
        members.set("message", message.into());
    }
    for (name, value) in document.problem.extensions() {
        if !matches!(name, "code" | "details" | "errors" | "debug") {
            members.set(Cow::Owned(name.to_owned()), value.clone());
        }
    }
    if let Some(debug) = debug {
        members.extend_for_developers(debug, item.is_public);
    }
    members
}

/// The members of one error. A 5xx that is public shows its message under the name of its status, and
/// nothing more.
fn of_item(item: &Item, everything: bool) -> Members {
    let phrase = || Value::from(reason_phrase(item.status));
    let mut members = Members(vec![("statusCode".into(), item.status.as_u16().into())]);
    let is_whole = everything || !item.status.is_server_error();
    if is_whole {
        members.set_some(
            "name",
            item.name.clone().map(|name| name.into_owned().into()),
        );
    } else if item.is_open && item.items.is_empty() {
        members.set("name", phrase());
    }
    let message = match &item.detail {
        _ if !item.items.is_empty() => MANY.into(),
        Some(detail) => detail.clone().into_owned().into(),
        None => item.title().into_owned().into(),
    };
    members.set("message", message);
    if is_whole {
        members.set_some("code", item.code.clone());
        members.set_some("details", item.details.clone());
    }
    if !item.items.is_empty() {
        let items = item
            .items
            .iter()
            .map(|item| of_item(item, everything).into_value());
        members.set("details", items.collect());
    }
    for (name, value) in &item.fields {
        members.set(name.clone(), value.clone());
    }
    members
}

impl Members {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    fn set(&mut self, name: impl Into<Cow<'static, str>>, value: Value) {
        let name = name.into();
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, slot)) => *slot = value,
            None => self.0.push((name, value)),
        }
    }

    fn set_some(&mut self, name: &'static str, value: Option<Value>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// The error's other properties, `expose` (as strong-error-handler calls a public error) and the stack.
    fn extend_for_developers(&mut self, debug: &Debug, is_public: bool) {
        if is_public {
            self.set("expose", true.into());
        }
        for (name, value) in &debug.fields {
            if self.0.iter().all(|(known, _)| known != name) {
                self.set(name.clone(), value.clone());
            }
        }
        let causes = debug
            .chain
            .iter()
            .skip(1)
            .map(|link| Value::from(link.message()));
        let causes: Value = causes.collect();
        if causes.as_array().is_some_and(|causes| !causes.is_empty()) {
            self.set("cause", causes);
        }
        if debug.shows_backtrace {
            self.set("stack", debug.stack().into());
        }
    }

    fn into_value(self) -> Value {
        let members = self
            .0
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value));
        Value::Object(members.collect::<Map<_, _>>())
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl Serialize for Rooted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(self.root, self.members)?;
        map.end()
    }
}
