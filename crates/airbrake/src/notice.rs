//! A report as one notice.

use backstop::report::{Breadcrumb, Frame, Severity};
use backstop::{Origin, Report};
use backstop_http::json::{object, timestamp};
use backstop_http::stack::{exceptions, source_by_number};
use serde_json::{Value, json};

use crate::params::params;
use crate::severity;

pub(crate) fn render(report: &Report) -> Vec<u8> {
    let notice = object([
        ("errors", errors(report)),
        ("context", context(report)),
        (
            "environment",
            json!(report.request.as_ref().map(|request| &request.headers)),
        ),
        ("params", params(report)),
    ]);
    serde_json::to_vec(&notice).unwrap_or_default()
}

/// The cause chain, outermost error first.
fn errors(report: &Report) -> Value {
    let errors = exceptions(report).into_iter().map(|exception| {
        let backtrace: Vec<Value> = exception.frames.iter().map(|it| frame(it)).collect();
        json!({"type": exception.class, "message": exception.message, "backtrace": backtrace})
    });
    errors.collect()
}

fn frame(frame: &Frame) -> Value {
    const CODE: u32 = 2;
    let line = frame.line.unwrap_or_default();
    let file = frame.file.as_deref().unwrap_or("unknown");
    let unnamed = || match frame.address {
        0 => "unknown".to_owned(),
        address => format!("{address:#x}"),
    };
    object([
        ("file", json!(project_file(file, frame.in_app))),
        ("line", json!(line)),
        ("column", json!(frame.column.unwrap_or_default())),
        (
            "function",
            json!(frame.function.clone().unwrap_or_else(unnamed)),
        ),
        ("code", json!(source_by_number(frame, CODE))),
    ])
}

/// Airbrake recognizes the application's own files by this prefix.
fn project_file(file: &str, in_app: bool) -> String {
    if in_app && !file.starts_with('/') {
        format!("/PROJECT_ROOT/{file}")
    } else {
        file.to_owned()
    }
}

fn context(report: &Report) -> Value {
    let app = report.app.as_ref();
    let device = report.device.as_ref();
    let request = report.request.as_ref();
    let header = |name: &str| request.and_then(|request| request.headers.get(name));
    let severity = match report.severity {
        Severity::Fatal => "critical",
        Severity::Error if report.origin == Origin::Panic => "critical",
        severity => severity::name(severity),
    };
    let history: Vec<Value> = report.breadcrumbs.iter().map(breadcrumb).collect();
    object([
        (
            "notifier",
            json!({"name": "backstop", "version": env!("CARGO_PKG_VERSION"), "url": "https://docs.rs/backstop"}),
        ),
        ("severity", json!(severity)),
        (
            "environment",
            json!(app.and_then(|app| app.release_stage.as_ref())),
        ),
        ("version", json!(app.and_then(|app| app.version.as_ref()))),
        ("component", json!(app.and_then(|app| app.name.as_ref()))),
        (
            "hostname",
            json!(device.and_then(|device| device.hostname.as_ref())),
        ),
        ("os", json!(device.map(|device| &device.os))),
        ("architecture", json!(device.map(|device| &device.arch))),
        ("language", json!("Rust")),
        ("action", json!(report.transaction)),
        (
            "route",
            json!(request.and_then(|request| request.route.as_ref())),
        ),
        ("url", json!(request.map(|request| &request.url))),
        ("httpMethod", json!(request.map(|request| &request.method))),
        ("userAgent", json!(header("user-agent"))),
        ("referer", json!(header("referer"))),
        ("user", json!(report.user)),
        ("history", json!((!history.is_empty()).then_some(history))),
    ])
}

fn breadcrumb(crumb: &Breadcrumb) -> Value {
    json!({
        "type": crumb.kind,
        "date": timestamp(crumb.timestamp),
        "severity": severity::name(crumb.level),
        "message": crumb.message,
        "data": crumb.data,
    })
}
