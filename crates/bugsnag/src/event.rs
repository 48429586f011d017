//! A report as one event.

use backstop::Report;
use backstop::report::Frame;
use backstop_http::json::{object, timestamp};
use backstop_http::stack::{self, source_by_number};
use serde_json::{Value, json};

use crate::breadcrumb::breadcrumb;
use crate::metadata::metadata;
use crate::payload::VERSION;
use crate::severity;

pub(crate) fn event(report: &Report) -> Value {
    object([
        ("payloadVersion", json!(VERSION)),
        ("exceptions", exceptions(report)),
        ("severity", json!(severity::name(report.severity))),
        ("unhandled", json!(!report.handled)),
        ("severityReason", severity::reason(report)),
        ("context", json!(report.transaction)),
        ("groupingHash", json!(report.fingerprint)),
        ("user", json!(report.user)),
        ("app", app(report)),
        ("device", device(report)),
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
    ])
}

/// The cause chain, outermost error first.
fn exceptions(report: &Report) -> Value {
    let exceptions = stack::exceptions(report).into_iter().map(|exception| {
        let stacktrace: Vec<Value> = exception.frames.iter().map(|it| frame(it)).collect();
        json!({"errorClass": exception.class, "message": exception.message, "stacktrace": stacktrace})
    });
    exceptions.collect()
}

/// `file`, `lineNumber` and `method` are required.
fn frame(frame: &Frame) -> Value {
    const CODE: u32 = 3;
    let line = frame.line.unwrap_or_default();
    let is_address = frame.function.is_none() && frame.address != 0;
    let address = is_address.then(|| format!("{:#x}", frame.address));
    object([
        ("file", json!(frame.file.as_deref().unwrap_or("unknown"))),
        ("lineNumber", json!(line)),
        ("columnNumber", json!(frame.column)),
        (
            "method",
            json!(frame.function.as_deref().unwrap_or("unknown")),
        ),
        ("inProject", json!(frame.in_app)),
        ("frameAddress", json!(address)),
        ("code", json!(source_by_number(frame, CODE))),
    ])
}

fn app(report: &Report) -> Value {
    let app = report.app.as_ref();
    let arch = report.device.as_ref().map(|device| &device.arch);
    let stage = app.and_then(|app| app.release_stage.as_ref());
    object([
        ("id", json!(app.and_then(|app| app.name.as_ref()))),
        ("version", json!(app.and_then(|app| app.version.as_ref()))),
        ("releaseStage", json!(stage)),
        ("binaryArch", json!(arch)),
    ])
}

fn device(report: &Report) -> Value {
    let device = report.device.as_ref();
    let hostname = device.and_then(|device| device.hostname.as_ref());
    object([
        ("hostname", json!(hostname)),
        ("osName", json!(device.map(|device| &device.os))),
        ("time", json!(timestamp(report.timestamp))),
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
    match &report.response {
        Some(response) => json!({"statusCode": response.status, "headers": {}}),
        None => Value::Null,
    }
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
