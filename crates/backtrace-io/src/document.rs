//! A report as one document.

use backstop::Report;
use backstop_http::json::object;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::annotations::annotations;
use crate::attributes::attributes;
use crate::stack::{Excerpt, stack};

const MAIN: &str = "main";

pub(crate) fn document(report: &Report, excerpt: Excerpt) -> Value {
    let mut sources = Map::new();
    let stack = stack(report, excerpt, &mut sources);
    let thread = report.thread.as_ref();
    let name = thread.and_then(|thread| thread.name.as_deref());
    // The server groups by a fingerprint of 32 bytes.
    let fingerprint = STANDARD.encode(Sha256::digest(&report.fingerprint));
    object([
        ("uuid", json!(report.id)),
        ("timestamp", json!(report.timestamp / 1_000)),
        ("lang", json!("rust")),
        // A program cannot know which compiler built it, so this is the oldest one that Backstop supports.
        ("langVersion", json!(env!("CARGO_PKG_RUST_VERSION"))),
        ("agent", json!("backstop")),
        ("agentVersion", json!(env!("CARGO_PKG_VERSION"))),
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
    ])
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
