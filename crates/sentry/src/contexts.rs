//! The contexts of an event, and the extra data for what no context can hold.

use backstop::Report;
use backstop_http::json::object;
use sentry_types::protocol::v7::{
    AppContext, Context, DeviceContext, Map, OsContext, ResponseContext, RuntimeContext, SpanId,
    TraceContext, TraceId,
};
use serde_json::{Value, json};

use crate::names::one_line;

/// Sentry truncates a larger context.
const MAX_BYTES: usize = 8_192;
/// Sentry keeps only the last flags.
const MAX_FLAGS: usize = 100;

/// Contexts that have a meaning in Sentry, which would mistake metadata of the same name for them.
const RESERVED: [&str; 26] = [
    "app",
    "browser",
    "chromium_stability_report",
    "cloud_resource",
    "culture",
    "device",
    "feedback",
    "flags",
    "gpu",
    "memory_info",
    "monitor",
    "nel",
    "os",
    "ota_updates",
    "otel",
    "performance_score",
    "profile",
    "replay",
    "reprocessing",
    "response",
    "runtime",
    "spring",
    "state",
    "threadpool_info",
    "trace",
    "unity",
];

/// Contexts by name, and what no context can hold.
pub(crate) type Contexts = (Map<String, Context>, Map<String, Value>);

pub(crate) fn contexts(report: &Report, attributes: Option<Map<String, Value>>) -> Contexts {
    let mut contexts: Map<String, Context> = typed(report)
        .into_iter()
        .map(|(name, context)| (name.to_owned(), context))
        .collect();
    let mut sections: Map<String, Map<String, Value>> = Map::new();
    sections.insert("backstop".to_owned(), members(backstop(report)));
    sections.extend(attributes.map(|attributes| ("attributes".to_owned(), attributes)));
    for (name, section) in &report.metadata {
        let section = section
            .iter()
            .map(|(key, value)| (key.clone(), value.clone()));
        sections.entry(name.clone()).or_default().extend(section);
    }
    let mut extra = Map::new();
    for (name, section) in sections {
        if fits(&name, &section) {
            contexts.insert(name, Context::Other(section));
        } else {
            extra.insert(name, json!(section));
        }
    }
    (contexts, extra)
}

/// Whether a section can be a context. Sentry would take a member `type` for the kind of the context.
fn fits(name: &str, section: &Map<String, Value>) -> bool {
    let size = || serde_json::to_vec(section).map_or(0, |json| json.len());
    !RESERVED.contains(&name) && !section.contains_key("type") && size() <= MAX_BYTES
}

fn typed(report: &Report) -> Vec<(&'static str, Context)> {
    let runtime = RuntimeContext {
        name: Some("Rust".to_owned()),
        ..RuntimeContext::default()
    };
    let short = |text: &String| one_line(text, 200);
    let device = report.device.as_ref();
    let os = device.map(|device| OsContext {
        name: Some(short(&device.os)),
        ..OsContext::default()
    });
    let device = device.map(|device| DeviceContext {
        name: device.hostname.as_ref().map(short),
        arch: Some(short(&device.arch)),
        ..DeviceContext::default()
    });
    let app = report.app.as_ref().map(|app| AppContext {
        app_name: app.name.as_ref().map(short),
        app_version: app.version.as_ref().map(short),
        ..AppContext::default()
    });
    let response = report.response.as_ref().map(|response| ResponseContext {
        status_code: Some(response.status.into()),
        ..ResponseContext::default()
    });
    let contexts = [
        Some(("runtime", runtime.into())),
        os.map(|os| ("os", os.into())),
        device.map(|device| ("device", device.into())),
        app.map(|app| ("app", app.into())),
        response.map(|response| ("response", response.into())),
        trace(report).map(|trace| ("trace", trace.into())),
        flags(report).map(|flags| ("flags", Context::Other(members(flags)))),
    ];
    contexts.into_iter().flatten().collect()
}

/// A trace needs a span. If none is known, its id is derived from the report's, so that it stays the same on every
/// attempt.
fn trace(report: &Report) -> Option<TraceContext> {
    let trace_id: TraceId = report.trace_id.as_ref()?.parse().ok()?;
    let span_id = report.span_id.as_ref().and_then(|id| id.parse().ok());
    let made = || {
        let id = report.id.simple().to_string();
        id.get(16..)?.parse::<SpanId>().ok()
    };
    Some(TraceContext {
        trace_id,
        span_id: span_id.or_else(made)?,
        ..TraceContext::default()
    })
}

fn flags(report: &Report) -> Option<Value> {
    let surplus = report.feature_flags.len().saturating_sub(MAX_FLAGS);
    let flags = report.feature_flags.iter().skip(surplus).map(|flag| {
        let result = match &flag.variant {
            Some(variant) => json!(one_line(variant, 200)),
            None => json!(true),
        };
        json!({"flag": one_line(&flag.name, 200), "result": result})
    });
    let flags: Vec<Value> = flags.collect();
    (!flags.is_empty()).then(|| json!({"values": flags}))
}

/// What an event has no field for.
fn backstop(report: &Report) -> Value {
    let request = report.request.as_ref();
    let trimmed = (!report.trimmed.is_empty()).then_some(&report.trimmed);
    let suppressed = (report.suppressed > 0).then_some(report.suppressed);
    object([
        ("id", json!(report.id)),
        ("mechanism", json!(report.origin)),
        ("route", json!(request.map(|request| &request.route))),
        ("suppressed", json!(suppressed)),
        ("trimmed", json!(trimmed)),
    ])
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members.into_iter().collect(),
        _ => Map::new(),
    }
}
