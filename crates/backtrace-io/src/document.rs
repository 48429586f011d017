//! A report as backtrace.io reads it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::super::http::{AGENT, VERSION, object, place};
use super::Excerpt;
use crate::report::{Frame, Mechanism, Report, ReportError, SourceLine};

const MAIN: &str = "main";

pub(super) fn render(report: &Report, excerpt: Excerpt) -> Vec<u8> {
    let mut sources = Map::new();
    let stack = stack(report, excerpt, &mut sources);
    let thread = report.thread.as_ref();
    let name = thread.and_then(|thread| thread.name.as_deref());
    // 32 bytes are what groups a report over there.
    let fingerprint = STANDARD.encode(Sha256::digest(&report.fingerprint));
    let document = object([
        ("uuid", json!(report.id)),
        ("timestamp", json!(report.timestamp / 1_000)),
        ("lang", json!("rust")),
        ("langVersion", json!(env!("CARGO_PKG_RUST_VERSION"))),
        ("agent", json!(AGENT)),
        ("agentVersion", json!(VERSION)),
        ("mainThread", json!(MAIN)),
        (
            "threads",
            json!({MAIN: {"name": name.unwrap_or(MAIN), "fault": true, "stack": stack}}),
        ),
        ("sourceCode", Value::Object(sources)),
        ("classifiers", classifiers(report)),
        ("fingerprint", json!(fingerprint)),
        ("attributes", json!(attributes(report))),
        ("annotations", Value::Object(annotations(report))),
    ]);
    serde_json::to_vec(&document).unwrap_or_default()
}

/// The backtrace; where there is none, the places at which the errors were made, the root cause's first.
fn stack(report: &Report, excerpt: Excerpt, sources: &mut Map<String, Value>) -> Vec<Value> {
    let frames = report.frames.iter();
    let mut stack: Vec<Value> = frames
        .map(|frame| self::frame(frame, excerpt, sources))
        .collect();
    if stack.is_empty() {
        stack.extend(report.errors.iter().rev().filter_map(only_place));
    }
    if stack.is_empty() {
        stack.push(json!({"funcName": "<no stack captured>"}));
    }
    stack
}

/// One of name and address has to be there.
fn frame(frame: &Frame, excerpt: Excerpt, sources: &mut Map<String, Value>) -> Value {
    let name = match (&frame.function, frame.address) {
        (None, 0) => Some("<unknown>"),
        (function, _) => function.as_deref(),
    };
    let address = (frame.address != 0).then(|| format!("{:#x}", frame.address));
    let source = source(frame, excerpt).map(|source| {
        let id = format!("src{}", sources.len());
        sources.insert(id.clone(), source);
        id
    });
    object([
        ("funcName", json!(name)),
        ("address", json!(address)),
        ("library", json!(frame.file)),
        ("line", json!(frame.line)),
        ("column", json!(frame.column)),
        ("sourceCode", json!(source)),
    ])
}

/// The lines around the frame's, without a gap.
fn source(frame: &Frame, excerpt: Excerpt) -> Option<Value> {
    let line = frame.line?;
    let is_near = |source: &&SourceLine| source.number.abs_diff(line) <= excerpt.lines;
    let near: Vec<&SourceLine> = frame.source.iter().filter(is_near).collect();
    let mut runs = near.chunk_by(|one, next| one.number + 1 == next.number);
    let run = runs.find(|run| run.iter().any(|source| source.number == line))?;
    let text: String = run
        .iter()
        .map(|source| format!("{}\n", source.text))
        .collect();
    Some(object([
        ("text", json!(text)),
        ("startLine", json!(run[0].number)),
        ("startColumn", json!(1)),
        ("tabWidth", json!(excerpt.tab_width)),
        ("path", json!(frame.file)),
    ]))
}

fn only_place(error: &ReportError) -> Option<Value> {
    let (file, line, column) = place(error.at.as_deref()?);
    Some(object([
        (
            "funcName",
            json!(error.type_name.as_deref().unwrap_or("<unknown>")),
        ),
        ("library", json!(file)),
        ("line", json!(line)),
        ("column", json!(column)),
    ]))
}

fn classifiers(report: &Report) -> Value {
    let types = report
        .errors
        .iter()
        .filter_map(|error| error.type_name.clone());
    let status = report.response.iter();
    let status = status.map(|response| format!("http-{}", response.status));
    types.take(8).chain(status).collect()
}

/// The application's, and those of ours that are not among them.
fn attributes(report: &Report) -> BTreeMap<String, Value> {
    let app = report.app.as_ref();
    let device = report.device.as_ref();
    let request = report.request.as_ref();
    let error = report.errors.first();
    let kind = match report.mechanism {
        Mechanism::Panic => "Crash",
        _ if report.handled => "Exception",
        _ => "Unhandled exception",
    };
    let last_crumb = report.breadcrumbs.len() as u64;
    let last_crumb = last_crumb
        .checked_sub(1)
        .map(|last| first_id(report) + last);
    let suppressed = (report.suppressed > 0).then_some(report.suppressed);
    let ours = [
        ("application", json!(app.and_then(|app| app.name.as_ref()))),
        (
            "application.version",
            json!(app.and_then(|app| app.version.as_ref())),
        ),
        ("backtrace.agent", json!(AGENT)),
        ("backtrace.version", json!(VERSION)),
        ("breadcrumbs.lastId", json!(last_crumb)),
        ("cpu.arch", json!(device.map(|device| &device.arch))),
        (
            "environment",
            json!(app.and_then(|app| app.release_stage.as_ref())),
        ),
        ("error.message", json!(error.map(|error| &error.message))),
        ("error.type", json!(kind)),
        ("handled", json!(report.handled)),
        (
            "hostname",
            json!(device.and_then(|device| device.hostname.as_ref())),
        ),
        ("mechanism", json!(report.mechanism)),
        (
            "request.method",
            json!(request.map(|request| &request.method)),
        ),
        (
            "request.route",
            json!(request.and_then(|request| request.route.as_ref())),
        ),
        ("request.url", json!(request.map(|request| &request.url))),
        (
            "response.status",
            json!(report.response.as_ref().map(|response| response.status)),
        ),
        ("severity", json!(report.severity)),
        ("suppressed", json!(suppressed)),
        ("trace.id", json!(report.trace_id)),
        ("transaction", json!(report.transaction)),
        ("uname.sysname", json!(device.map(|device| &device.os))),
        (
            "user.id",
            json!(report.user.as_ref().and_then(|user| user.id.as_ref())),
        ),
    ];
    let own = report.attributes.iter();
    let mut attributes: BTreeMap<String, Value> = own
        .map(|(key, value)| (key.clone(), scalar(value)))
        .collect();
    for (key, value) in ours {
        if !value.is_null() {
            attributes.entry(key.to_owned()).or_insert(value);
        }
    }
    attributes
}

/// They take texts, integers and booleans; anything else as a text.
pub(super) fn scalar(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => json!(number.to_string()),
        Value::Array(_) | Value::Object(_) => json!(value.to_string()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

/// What is told in full. Where the application uses a name of ours, both are there.
fn annotations(report: &Report) -> Map<String, Value> {
    let request = report.request.as_ref();
    let headers = request.map(|request| &request.headers);
    let list = |items: Value| {
        if items == json!([]) {
            Value::Null
        } else {
            items
        }
    };
    let ours = object([
        ("error", causes(&report.errors)),
        (
            "request",
            json!(headers.map(|headers| json!({"headers": headers}))),
        ),
        ("user", json!(report.user)),
        ("featureFlags", list(json!(report.feature_flags))),
        ("logs", list(json!(report.logs))),
        ("trimmed", list(json!(report.trimmed))),
    ]);
    let mut annotations = match ours {
        Value::Object(ours) => ours,
        _ => Map::new(),
    };
    for (section, members) in &report.metadata {
        if section == "annotations" {
            for (key, value) in members {
                merge(&mut annotations, key, value.clone());
            }
        } else {
            merge(&mut annotations, section, Value::Object(members.clone()));
        }
    }
    annotations
}

fn merge(annotations: &mut Map<String, Value>, key: &str, value: Value) {
    match (annotations.get_mut(key), value) {
        (None, value) => {
            annotations.insert(key.to_owned(), value);
        }
        (Some(Value::Object(there)), Value::Object(members)) => there.extend(members),
        (Some(_), value) => {
            annotations.insert(format!("annotations.{key}"), value);
        }
    }
}

/// Each error holds its cause.
fn causes(errors: &[ReportError]) -> Value {
    errors.iter().rev().fold(Value::Null, |cause, error| {
        object([
            ("type", json!(error.type_name)),
            ("message", json!(error.message)),
            ("at", json!(error.at)),
            ("cause", cause),
        ])
    })
}

/// The number of the first breadcrumb: numbers go on from the second of the failure, as in their own clients.
pub(super) const fn first_id(report: &Report) -> u64 {
    report.timestamp / 1_000 + 1
}
