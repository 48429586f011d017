//! Breadcrumbs of an event.

use backstop::report::{Breadcrumb, BreadcrumbKind, Severity};
use backstop_http::json::timestamp;
use serde_json::{Value, json};

pub(crate) fn breadcrumb(crumb: &Breadcrumb) -> Value {
    let kind = match crumb.kind {
        BreadcrumbKind::Log => "log",
        BreadcrumbKind::Request => "request",
        BreadcrumbKind::Query | BreadcrumbKind::Process => "process",
        BreadcrumbKind::User => "user",
        BreadcrumbKind::State => "state",
        BreadcrumbKind::Error => "error",
        _ => "manual",
    };
    let mut data = crumb.data.clone();
    if crumb.level != Severity::Info {
        data.entry("level").or_insert_with(|| json!(crumb.level));
    }
    json!({
        "timestamp": timestamp(crumb.timestamp), "name": crumb.message, "type": kind, "metaData": data,
    })
}
