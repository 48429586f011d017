//! The members of LoopBack's strong-error-handler.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::view::{View, errors};
use crate::disclosure::{Debug, Item};
use crate::error::MANY;
use crate::problem::{MemberMap, reason_phrase};

/// The members, in order.
#[derive(Debug, Default)]
pub(super) struct Members(MemberMap);

/// The members of an envelope: those of the error and, if details are shown, its other fields and its stack.
pub(super) fn members(view: View<'_>) -> Members {
    let item = &view.disclosed.item;
    let debug = view.disclosed.debug.as_ref();
    let mut members = of_item(item, debug.is_some());
    // `customize` edits the problem, so its detail, title and extensions apply to every shape.
    let problem = view.problem;
    if item.items.is_empty()
        && let Some(message) = problem.detail().or_else(|| problem.title())
    {
        members.set("message", message.into());
    }
    members.apply_edits(view);
    for (name, value) in problem.extensions() {
        if !matches!(name, "code" | "details" | "errors" | "debug" | "statusCode") {
            members.set(Cow::Owned(name.to_owned()), value.clone());
        }
    }
    if let Some(debug) = debug {
        members.extend_for_developers(debug, item.is_public);
    }
    members
}

/// The members of one error. A public 5xx shows only its message, and the reason phrase of its status as the name.
fn of_item(item: &Item, shows_everything: bool) -> Members {
    let phrase = || Value::from(reason_phrase(item.status));
    let mut members = Members::default();
    members.set("statusCode", item.status.as_u16().into());
    let is_complete = shows_everything || !item.status.is_server_error();
    if is_complete {
        members.set_some(
            "name",
            item.name.clone().map(|name| name.into_owned().into()),
        );
    } else if item.is_disclosed && item.items.is_empty() {
        members.set("name", phrase());
    }
    let message = match &item.detail {
        _ if !item.items.is_empty() => MANY.into(),
        Some(detail) => detail.clone().into_owned().into(),
        None => item.title().into_owned().into(),
    };
    members.set("message", message);
    if is_complete {
        members.set_some("code", item.code.clone());
        members.set_some("details", item.details.clone());
    }
    if !item.items.is_empty() {
        let items = item
            .items
            .iter()
            .map(|item| of_item(item, shows_everything).into_value());
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
        self.0.set(name.into(), value);
    }

    /// Sets or removes what `customize` has edited of the code, the details and the errors, which the envelopes list
    /// as details. What it has left alone stays as the envelopes show it.
    fn apply_edits(&mut self, view: View<'_>) {
        let item = &view.disclosed.item;
        let errors = (!item.items.is_empty()).then(|| errors(item));
        let before = [
            ("code", item.code.as_ref()),
            ("errors", errors.as_ref()),
            ("details", item.details.as_ref()),
        ];
        for (name, before) in before {
            let after = view.problem.get(name);
            if after == before {
                continue;
            }
            let name = if name == "errors" { "details" } else { name };
            match after {
                Some(value) => self.set(name, value.clone()),
                None => drop(self.0.remove(name)),
            }
        }
    }

    fn set_some(&mut self, name: &'static str, value: Option<Value>) {
        if let Some(value) = value {
            self.set(name, value);
        }
    }

    /// Adds what developers see: `expose` (strong-error-handler's name for a public error), the error's other fields,
    /// and the stack.
    fn extend_for_developers(&mut self, debug: &Debug, is_public: bool) {
        if is_public {
            self.set("expose", true.into());
        }
        for (name, value) in &debug.fields {
            if self.0.get(name).is_none() {
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
            .into_vec()
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value));
        Value::Object(members.collect::<Map<_, _>>())
    }
}
