//! The member `debug` of a problem, which only developers see:
//!
//! | member | |
//! | --- | --- |
//! | `type` | the Rust type of the error |
//! | `help` | what the error says can be done about it |
//! | `chain` | the cause chain, outermost first: `message`, `type`, `at` (`file:line:column`) |
//! | `fields` | the error's fields that production hides |
//! | `request` | `method`, `url`, `version`, `route`, `path_params`, `query`, `headers`, `body_size` |
//! | `culprit` | the failing line of the application: `at`, `function`, `source` (`line`, `text`) |
//! | `frames` | the backtrace, innermost first: `kind` (`application`, `library`, `runtime`), `function`, `at`, `inlined` |
//! | `trace` | the spans and spawn sites around the code |
//! | `hints` | Backstop's own advice |
//!
//! What is unknown is absent.

use serde_json::{Map, Value, json};

use crate::development::{DeveloperView, ShownFrame, ShownRequest};
use crate::disclosure::Debug;

/// The member of a failure. Without the view it has only what the error itself contains.
pub(super) fn debug_member(debug: &Debug, developer: Option<&DeveloperView>) -> Value {
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
    if let Some(help) = &debug.help {
        members.insert("help".into(), help.clone().into());
    }
    members.insert("chain".into(), chain.collect());
    if !debug.fields.is_empty() {
        let fields = debug
            .fields
            .iter()
            .map(|(name, value)| (name.to_string(), value.clone()));
        members.insert("fields".into(), fields.collect());
    }
    let Some(shown) = developer else {
        let (method, url) = debug.request.split_once(' ').unwrap_or_default();
        members.insert("request".into(), json!({ "method": method, "url": url }));
        return members.into();
    };
    members.insert("request".into(), request(&shown.request));
    if let Some(culprit) = &shown.culprit {
        let source = culprit.source.iter();
        let source: Vec<Value> = source
            .map(|line| json!({ "line": line.number, "text": line.text }))
            .collect();
        let mut member = Map::new();
        member.insert("at".into(), culprit.position.text().into());
        set(&mut member, "function", culprit.function.as_deref());
        if !source.is_empty() {
            member.insert("source".into(), source.into());
        }
        members.insert("culprit".into(), member.into());
    }
    let lists = [
        ("frames", shown.frames.iter().map(frame).collect::<Vec<_>>()),
        (
            "trace",
            shown
                .logical
                .iter()
                .map(|step| step.clone().into())
                .collect(),
        ),
        (
            "hints",
            shown
                .hints
                .iter()
                .filter(|hint| !hint.is_foreign)
                .map(|hint| hint.text.clone().into())
                .collect(),
        ),
    ];
    for (name, list) in lists {
        if !list.is_empty() {
            members.insert(name.into(), list.into());
        }
    }
    members.into()
}

fn request(shown: &ShownRequest) -> Value {
    let mut members = Map::new();
    members.insert("method".into(), shown.method.clone().into());
    members.insert("url".into(), shown.url.clone().into());
    members.insert("version".into(), shown.version.clone().into());
    set(&mut members, "route", shown.route.as_deref());
    let lists = [
        ("path_params", &shown.path_params),
        ("query", &shown.query),
        ("headers", &shown.headers),
    ];
    for (name, entries) in lists {
        if !entries.is_empty() {
            let entries = entries
                .iter()
                .map(|(name, value)| (name.clone(), value.clone().into()));
            members.insert(name.into(), Value::Object(entries.collect()));
        }
    }
    set(&mut members, "body_size", shown.body_size.as_deref());
    members.into()
}

fn frame(shown: &ShownFrame) -> Value {
    let mut members = Map::new();
    members.insert("kind".into(), shown.kind.as_str().into());
    set(&mut members, "function", shown.function.as_deref());
    let at = shown.position.as_ref().map(|position| position.text());
    set(&mut members, "at", at.as_deref());
    if shown.is_inlined {
        members.insert("inlined".into(), true.into());
    }
    members.into()
}

fn set(members: &mut Map<String, Value>, name: &str, value: Option<&str>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value.into());
    }
}
