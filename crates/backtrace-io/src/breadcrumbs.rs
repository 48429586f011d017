//! The attachment with the breadcrumbs.

use backstop::Report;
use backstop::report::{Breadcrumb, BreadcrumbKind, Severity};
use backstop_http::json::object;
use serde_json::{Map, Value, json};

/// Values of attributes are strings, integers and booleans; anything else is sent as a string.
pub(crate) fn scalar(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => json!(number.to_string()),
        Value::Array(_) | Value::Object(_) => json!(value.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// The number of the first breadcrumb. As in backtrace.io's own clients, numbering starts from the time of the failure,
/// in seconds.
pub(crate) const fn first_id(report: &Report) -> u64 {
    report.timestamp / 1_000 + 1
}

pub(crate) fn breadcrumbs(report: &Report) -> Value {
    let crumbs = (first_id(report)..).zip(&report.breadcrumbs);
    crumbs.map(|(id, crumb)| breadcrumb(id, crumb)).collect()
}

fn breadcrumb(id: u64, crumb: &Breadcrumb) -> Value {
    let kind = match crumb.kind {
        BreadcrumbKind::Log => "log",
        BreadcrumbKind::Request => "http",
        BreadcrumbKind::User => "user",
        BreadcrumbKind::Query
        | BreadcrumbKind::State
        | BreadcrumbKind::Process
        | BreadcrumbKind::Error => "system",
        _ => "manual",
    };
    let level = match crumb.level {
        Severity::Info => "info",
        Severity::Warning => "warning",
        _ => "error",
    };
    let attributes: Map<String, Value> = crumb
        .data
        .iter()
        .map(|(key, value)| (key.clone(), scalar(value)))
        .collect();
    object([
        ("id", json!(id)),
        ("message", json!(crumb.message)),
        ("timestamp", json!(crumb.timestamp)),
        ("type", json!(kind)),
        ("level", json!(level)),
        (
            "attributes",
            json!((!attributes.is_empty()).then_some(attributes)),
        ),
    ])
}
