//! Bugsnag's severities, and its reasons for them.

use backstop::report::Severity;
use backstop::{Origin, Report};
use backstop_http::json::object;
use serde_json::{Value, json};

pub(crate) const fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        _ => "error",
    }
}

/// Why an event has its severity, and whether the application overrode `unhandled`.
pub(crate) fn reason(report: &Report) -> Value {
    let is_notified = matches!(report.origin, Origin::Notify | Origin::Intercept);
    let default = if is_notified { "warning" } else { "error" };
    let kind = match report.origin {
        _ if name(report.severity) != default => "userCallbackSetSeverity",
        Origin::Panic if report.handled => "handledPanic",
        Origin::Panic => "unhandledPanic",
        Origin::Notify | Origin::Intercept => "handledException",
        Origin::Handler | Origin::Service | Origin::Response | Origin::Body => {
            "unhandledErrorMiddleware"
        }
        _ => "unhandledError",
    };
    let framework = (kind == "unhandledErrorMiddleware").then(|| json!({"framework": "tower"}));
    let is_overridden = report.handled != is_notified;
    object([
        ("type", json!(kind)),
        ("attributes", json!(framework)),
        ("unhandledOverridden", json!(is_overridden.then_some(true))),
    ])
}
