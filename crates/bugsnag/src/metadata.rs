//! The tabs of an event: the application's own sections, and what an event has no member for.

use backstop::Report;
use backstop_http::json::{object, timestamp};
use serde_json::{Map, Value, json};

use crate::severity;

/// Where the application's sections and ours have the same name, the application's members take precedence.
pub(crate) fn metadata(report: &Report) -> Value {
    let mut sections = Map::new();
    sections.insert("backstop".to_owned(), backstop(report));
    if !report.attributes.is_empty() {
        sections.insert("attributes".to_owned(), json!(report.attributes));
    }
    if !report.logs.is_empty() {
        sections.insert("log".to_owned(), json!({"lines": log(report)}));
    }
    for (name, members) in &report.metadata {
        let section = sections.entry(name).or_insert_with(|| json!({}));
        if let Value::Object(section) = section {
            section.extend(members.clone());
        }
    }
    Value::Object(sections)
}

fn backstop(report: &Report) -> Value {
    let route = report.request.as_ref().map(|request| &request.route);
    let suppressed = (report.suppressed > 0).then_some(report.suppressed);
    let trimmed = (!report.trimmed.is_empty()).then_some(&report.trimmed);
    object([
        ("id", json!(report.id)),
        ("mechanism", json!(report.origin)),
        ("route", json!(route)),
        ("site", json!(report.site)),
        ("suppressed", json!(suppressed)),
        ("trimmed", json!(trimmed)),
    ])
}

fn log(report: &Report) -> Vec<String> {
    let lines = report.logs.iter().map(|line| {
        let (time, level) = (timestamp(line.timestamp), severity::name(line.level));
        format!("{time} {level} {}", line.message)
    });
    lines.collect()
}
