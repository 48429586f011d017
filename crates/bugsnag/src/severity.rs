//! Bugsnag's severities, and its reasons for them.

use backstop::Report;
use backstop::report::{Mechanism, Severity};
use backstop_http::json::object;
use serde_json::{Value, json};

pub(crate) const fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        _ => "error",
    }
}

/// Why an event has its severity, and whether the application changed what it would be otherwise.
pub(crate) fn reason(report: &Report) -> Value {
    let is_notified = matches!(report.mechanism, Mechanism::Notify | Mechanism::Intercept);
    let default = if is_notified { "warning" } else { "error" };
    let kind = match report.mechanism {
        _ if name(report.severity) != default => "userCallbackSetSeverity",
        Mechanism::Panic if report.handled => "handledPanic",
        Mechanism::Panic => "unhandledPanic",
        Mechanism::Notify | Mechanism::Intercept => "handledException",
        Mechanism::Handler | Mechanism::Service | Mechanism::Response | Mechanism::Body => {
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
