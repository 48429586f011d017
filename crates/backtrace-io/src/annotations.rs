//! The annotations of a document, which are shown in full.

use backstop::Report;
use backstop::report::ReportError;
use backstop_http::json::object;
use serde_json::{Map, Value, json};

/// The application's metadata and ours. Where both use a name, objects are merged, and any other value of the
/// application gets the prefix `annotations.`.
pub(crate) fn annotations(report: &Report) -> Map<String, Value> {
    let request = report.request.as_ref();
    let headers = request.map(|request| &request.headers);
    let list = |items: Value| {
        if items == json!([]) {
            Value::Null
        } else {
            items
        }
    };
    let ours = object([
        ("error", causes(&report.errors)),
        (
            "request",
            json!(headers.map(|headers| json!({"headers": headers}))),
        ),
        ("user", json!(report.user)),
        ("featureFlags", list(json!(report.feature_flags))),
        ("logs", list(json!(report.logs))),
        ("trimmed", list(json!(report.trimmed))),
    ]);
    let mut annotations = match ours {
        Value::Object(ours) => ours,
        _ => Map::new(),
    };
    for (section, members) in &report.metadata {
        if section == "annotations" {
            for (key, value) in members {
                merge(&mut annotations, key, value.clone());
            }
        } else {
            merge(&mut annotations, section, Value::Object(members.clone()));
        }
    }
    annotations
}

fn merge(annotations: &mut Map<String, Value>, key: &str, value: Value) {
    match (annotations.get_mut(key), value) {
        (None, value) => {
            annotations.insert(key.to_owned(), value);
        }
        (Some(Value::Object(there)), Value::Object(members)) => there.extend(members),
        (Some(_), value) => {
            annotations.insert(format!("annotations.{key}"), value);
        }
    }
}

/// The cause chain: each error contains its cause.
fn causes(errors: &[ReportError]) -> Value {
    errors.iter().rev().fold(Value::Null, |cause, error| {
        object([
            ("type", json!(error.type_name)),
            ("message", json!(error.message)),
            ("at", json!(error.location)),
            ("cause", cause),
        ])
    })
}
