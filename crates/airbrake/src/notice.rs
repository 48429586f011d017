//! A report as one notice.

use serde_json::{Map, Value, json};

use super::super::http::{AGENT, HOMEPAGE, VERSION, iso, object, place};
use crate::report::{Breadcrumb, Frame, Mechanism, Report, ReportError, Severity, SourceLine};

pub(super) fn render(report: &Report) -> Vec<u8> {
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

/// Outermost first. The backtrace is that of the first one; the others have the place where they were made.
fn errors(report: &Report) -> Value {
    let nothing = ReportError {
        type_name: None,
        message: String::new(),
        at: None,
    };
    let errors = report.errors.iter();
    let errors = errors.chain(report.errors.is_empty().then_some(&nothing));
    let unknown = report.mechanism.class();
    let errors = errors.enumerate().map(|(index, error)| {
        let backtrace: Vec<Value> = if index == 0 && !report.frames.is_empty() {
            report.frames.iter().map(frame).collect()
        } else {
            error.at.iter().map(|at| only_place(at)).collect()
        };
        json!({
            "type": error.type_name.as_deref().unwrap_or(unknown),
            "message": error.message,
            "backtrace": backtrace,
        })
    });
    errors.collect()
}

fn frame(frame: &Frame) -> Value {
    const CODE: u32 = 2;
    let line = frame.line.unwrap_or_default();
    let near = |source: &&SourceLine| source.number.abs_diff(line) <= CODE;
    let code: Map<String, Value> = frame
        .source
        .iter()
        .filter(near)
        .map(|source| (source.number.to_string(), json!(source.text)))
        .collect();
    let file = frame.file.as_deref().unwrap_or("unknown");
    let address = || format!("{:#x}", frame.address);
    object([
        ("file", json!(own(file, frame.in_app))),
        ("line", json!(line)),
        ("column", json!(frame.column.unwrap_or_default())),
        (
            "function",
            json!(frame.function.clone().unwrap_or_else(address)),
        ),
        ("code", json!((!code.is_empty()).then_some(code))),
    ])
}

fn only_place(at: &str) -> Value {
    let (file, line, column) = place(at);
    json!({
        "file": own(file, true),
        "line": line.unwrap_or_default(),
        "column": column.unwrap_or_default(),
        "function": "unknown",
    })
}

/// Their pages tell the application's own files by this start.
fn own(file: &str, in_app: bool) -> String {
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
        Severity::Error if report.mechanism == Mechanism::Panic => "critical",
        severity => self::severity(severity),
    };
    let history: Vec<Value> = report.breadcrumbs.iter().map(breadcrumb).collect();
    object([
        (
            "notifier",
            json!({"name": AGENT, "version": VERSION, "url": HOMEPAGE}),
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

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error => "error",
        Severity::Fatal => "critical",
    }
}

fn breadcrumb(crumb: &Breadcrumb) -> Value {
    json!({
        "type": crumb.kind,
        "date": iso(crumb.timestamp),
        "severity": severity(crumb.level),
        "message": crumb.message,
        "data": crumb.data,
    })
}

/// The application's own sections, and what a notice has no place for. Under our names what the application says
/// stands over it, member by member.
fn params(report: &Report) -> Value {
    let log = report.logs.iter().map(|line| {
        let (time, level) = (iso(line.timestamp), severity(line.level));
        json!(format!("{time} {level} {}", line.message))
    });
    let log: Vec<Value> = log.collect();
    let trimmed = (!report.trimmed.is_empty()).then_some(&report.trimmed);
    let suppressed = (report.suppressed > 0).then_some(report.suppressed);
    let flags = report.feature_flags.iter();
    let flags = flags.map(|flag| json!({"name": flag.name, "variant": flag.variant}));
    let flags: Vec<Value> = flags.collect();
    let backstop = object([
        ("id", json!(report.id)),
        ("time", json!(iso(report.timestamp))),
        ("mechanism", json!(report.mechanism)),
        ("handled", json!(report.handled)),
        ("fingerprint", json!(report.fingerprint)),
        (
            "status",
            json!(report.response.as_ref().map(|response| response.status)),
        ),
        ("traceId", json!(report.trace_id)),
        ("spanId", json!(report.span_id)),
        (
            "thread",
            json!(report.thread.as_ref().map(|thread| &thread.name)),
        ),
        ("featureFlags", json!((!flags.is_empty()).then_some(flags))),
        ("log", json!((!log.is_empty()).then_some(log))),
        ("suppressed", json!(suppressed)),
        ("trimmed", json!(trimmed)),
    ]);
    let mut params = Map::new();
    params.insert("backstop".to_owned(), backstop);
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
