//! A report as one event.

use serde_json::{Map, Value, json};

use super::super::http::{iso, object, place};
use crate::report::{
    Breadcrumb, BreadcrumbKind, Frame, Mechanism, Report, ReportError, Severity, SourceLine,
};

pub(super) fn render(report: &Report) -> Vec<u8> {
    let app = report.app.as_ref();
    let device = report.device.as_ref();
    let severity = severity(report.severity);
    let event = object([
        ("payloadVersion", json!(super::PAYLOAD_VERSION)),
        ("exceptions", exceptions(report)),
        ("severity", json!(severity)),
        ("unhandled", json!(!report.handled)),
        ("severityReason", reason(report)),
        ("context", json!(report.transaction)),
        ("groupingHash", json!(report.fingerprint)),
        ("user", json!(report.user)),
        (
            "app",
            object([
                ("id", json!(app.and_then(|app| app.name.as_ref()))),
                ("version", json!(app.and_then(|app| app.version.as_ref()))),
                (
                    "releaseStage",
                    json!(app.and_then(|app| app.release_stage.as_ref())),
                ),
                ("binaryArch", json!(device.map(|device| &device.arch))),
            ]),
        ),
        (
            "device",
            object([
                (
                    "hostname",
                    json!(device.and_then(|device| device.hostname.as_ref())),
                ),
                ("osName", json!(device.map(|device| &device.os))),
                ("time", json!(iso(report.timestamp))),
            ]),
        ),
        ("request", request(report)),
        ("response", response(report)),
        ("threads", threads(report)),
        (
            "breadcrumbs",
            report.breadcrumbs.iter().map(breadcrumb).collect(),
        ),
        ("featureFlags", feature_flags(report)),
        ("correlation", correlation(report)),
        ("metaData", metadata(report)),
    ]);
    serde_json::to_vec(&event).unwrap_or_default()
}

/// Outermost first. The backtrace is that of the first one; the others have the place where they were made.
fn exceptions(report: &Report) -> Value {
    let nothing = ReportError {
        type_name: None,
        message: String::new(),
        at: None,
    };
    let errors = report.errors.iter();
    let errors = errors.chain(report.errors.is_empty().then_some(&nothing));
    let exceptions = errors.enumerate().map(|(index, error)| {
        let stacktrace: Vec<Value> = if index == 0 && !report.frames.is_empty() {
            report.frames.iter().map(frame).collect()
        } else {
            error.at.iter().map(|at| only_place(at)).collect()
        };
        json!({
            "errorClass": error.type_name.as_deref().unwrap_or_else(|| report.mechanism.class()),
            "message": error.message,
            "stacktrace": stacktrace,
        })
    });
    exceptions.collect()
}

/// `file`, `lineNumber` and `method` have to be there.
fn frame(frame: &Frame) -> Value {
    const CODE: u32 = 3;
    let line = frame.line.unwrap_or_default();
    let near = |source: &&SourceLine| source.number.abs_diff(line) <= CODE;
    let code: Map<String, Value> = frame
        .source
        .iter()
        .filter(near)
        .map(|source| (source.number.to_string(), json!(source.text)))
        .collect();
    let has_name = frame.function.is_some();
    object([
        ("file", json!(frame.file.as_deref().unwrap_or("unknown"))),
        ("lineNumber", json!(line)),
        ("columnNumber", json!(frame.column)),
        (
            "method",
            json!(frame.function.as_deref().unwrap_or("unknown")),
        ),
        ("inProject", json!(frame.in_app)),
        (
            "frameAddress",
            json!((!has_name).then(|| format!("{:#x}", frame.address))),
        ),
        ("code", json!((!code.is_empty()).then_some(code))),
    ])
}

fn only_place(at: &str) -> Value {
    let (file, line, column) = place(at);
    object([
        ("file", json!(file)),
        ("lineNumber", json!(line.unwrap_or_default())),
        ("columnNumber", json!(column)),
        ("method", json!("unknown")),
        ("inProject", json!(true)),
    ])
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Error | Severity::Fatal => "error",
    }
}

/// Why the event has its severity, and whether the application has changed what it would be by itself.
fn reason(report: &Report) -> Value {
    let is_told = matches!(report.mechanism, Mechanism::Notify | Mechanism::Intercept);
    let by_itself = if is_told { "warning" } else { "error" };
    let kind = match report.mechanism {
        _ if severity(report.severity) != by_itself => "userCallbackSetSeverity",
        Mechanism::Panic if report.handled => "handledPanic",
        Mechanism::Panic => "unhandledPanic",
        Mechanism::Handler | Mechanism::Service | Mechanism::Response | Mechanism::Body => {
            "unhandledErrorMiddleware"
        }
        Mechanism::Notify | Mechanism::Intercept => "handledException",
        Mechanism::Task => "unhandledError",
    };
    let framework = json!({"framework": "tower"});
    object([
        ("type", json!(kind)),
        (
            "attributes",
            json!((kind == "unhandledErrorMiddleware").then_some(framework)),
        ),
        (
            "unhandledOverridden",
            json!((report.handled != is_told).then_some(true)),
        ),
    ])
}

fn request(report: &Report) -> Value {
    let Some(request) = &report.request else {
        return Value::Null;
    };
    object([
        ("httpMethod", json!(request.method)),
        ("url", json!(request.url)),
        ("headers", json!(request.headers)),
        ("referer", json!(request.headers.get("referer"))),
    ])
}

fn response(report: &Report) -> Value {
    let response = report.response.as_ref();
    response.map_or(
        Value::Null,
        |response| json!({"statusCode": response.status, "headers": {}}),
    )
}

fn threads(report: &Report) -> Value {
    let Some(thread) = &report.thread else {
        return Value::Null;
    };
    let name = thread.name.as_deref().unwrap_or("unnamed");
    json!([{
        "id": thread.id.to_string(), "name": name, "errorReportingThread": true, "stacktrace": [],
    }])
}

fn breadcrumb(crumb: &Breadcrumb) -> Value {
    let kind = match crumb.kind {
        BreadcrumbKind::Manual => "manual",
        BreadcrumbKind::Log => "log",
        BreadcrumbKind::Request => "request",
        BreadcrumbKind::Query | BreadcrumbKind::Process => "process",
        BreadcrumbKind::User => "user",
        BreadcrumbKind::State => "state",
        BreadcrumbKind::Error => "error",
    };
    let mut data = crumb.data.clone();
    if crumb.level != Severity::Info {
        data.entry("level").or_insert_with(|| json!(crumb.level));
    }
    json!({"timestamp": iso(crumb.timestamp), "name": crumb.message, "type": kind, "metaData": data})
}

fn feature_flags(report: &Report) -> Value {
    let flags = report.feature_flags.iter().map(|flag| {
        object([
            ("featureFlag", json!(flag.name)),
            ("variant", json!(flag.variant)),
        ])
    });
    flags.collect()
}

fn correlation(report: &Report) -> Value {
    match &report.trace_id {
        Some(trace_id) => object([
            ("traceId", json!(trace_id)),
            ("spanId", json!(report.span_id)),
        ]),
        None => Value::Null,
    }
}

/// The application's own sections, and what Bugsnag has no place for. Our sections come first: under their names
/// what the application says stands over it, member by member.
fn metadata(report: &Report) -> Value {
    let log = report.logs.iter().map(|line| {
        let time = iso(line.timestamp);
        json!(format!("{time} {} {}", severity(line.level), line.message))
    });
    let log: Vec<Value> = log.collect();
    let trimmed = (!report.trimmed.is_empty()).then_some(&report.trimmed);
    let suppressed = (report.suppressed > 0).then_some(report.suppressed);
    let backstop = object([
        ("id", json!(report.id)),
        ("mechanism", json!(report.mechanism)),
        (
            "route",
            json!(report.request.as_ref().map(|request| &request.route)),
        ),
        ("suppressed", json!(suppressed)),
        ("trimmed", json!(trimmed)),
    ]);
    let mut sections = Map::new();
    sections.insert("backstop".to_owned(), backstop);
    if !report.attributes.is_empty() {
        sections.insert("attributes".to_owned(), json!(report.attributes));
    }
    if !log.is_empty() {
        sections.insert("log".to_owned(), json!({"lines": log}));
    }
    for (name, members) in &report.metadata {
        let section = sections.entry(name).or_insert_with(|| json!({}));
        if let Value::Object(section) = section {
            section.extend(members.clone());
        }
    }
    Value::Object(sections)
}
