//! The `params` of a notice, which contain what has no member of its own.

use backstop::Report;
use backstop_http::json::{object, timestamp};
use serde_json::{Map, Value, json};

use crate::severity;

/// The application's sections and ours. Where both use a name, the application's members take precedence.
pub(crate) fn params(report: &Report) -> Value {
    let mut params = Map::new();
    params.insert("backstop".to_owned(), backstop(report));
    if !report.attributes.is_empty() {
        params.insert("attributes".to_owned(), json!(report.attributes));
    }
    for (name, members) in &report.metadata {
        let section = params.entry(name).or_insert_with(|| json!({}));
        if let Value::Object(section) = section {
            section.extend(members.clone());
        }
    }
    Value::Object(params)
}

fn backstop(report: &Report) -> Value {
    let flags = report.feature_flags.iter();
    let flags = flags.map(|flag| json!({"name": flag.name, "variant": flag.variant}));
    let thread = report.thread.as_ref();
    let status = report.response.as_ref().map(|response| response.status);
    object([
        ("id", json!(report.id)),
        ("time", json!(timestamp(report.timestamp))),
        ("mechanism", json!(report.origin)),
        ("handled", json!(report.handled)),
        ("fingerprint", json!(report.fingerprint)),
        ("site", json!(report.site)),
        ("status", json!(status)),
        ("traceId", json!(report.trace_id)),
        ("spanId", json!(report.span_id)),
        ("thread", json!(thread.map(|thread| &thread.name))),
        ("featureFlags", some(flags.collect())),
        ("log", some(log(report))),
        (
            "suppressed",
            json!((report.suppressed > 0).then_some(report.suppressed)),
        ),
        (
            "trimmed",
            some(report.trimmed.iter().map(|note| json!(note)).collect()),
        ),
    ])
}

fn log(report: &Report) -> Vec<Value> {
    let lines = report.logs.iter().map(|line| {
        let (time, level) = (timestamp(line.timestamp), severity::name(line.level));
        json!(format!("{time} {level} {}", line.message))
    });
    lines.collect()
}

/// A list, or null if it is empty.
fn some(items: Vec<Value>) -> Value {
    json!((!items.is_empty()).then_some(items))
}
