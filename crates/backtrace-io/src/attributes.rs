//! The attributes of a document, which can be searched for.

use std::collections::BTreeMap;

use backstop::{Origin, Report};
use serde_json::{Value, json};

use crate::breadcrumbs::{first_id, scalar};

/// The application's attributes, and those of ours whose names it does not use.
pub(crate) fn attributes(report: &Report) -> BTreeMap<String, Value> {
    let application = report.attributes.iter();
    let mut attributes: BTreeMap<String, Value> = application
        .map(|(key, value)| (key.clone(), scalar(value)))
        .collect();
    let ours = failure(report)
        .into_iter()
        .chain(request(report))
        .chain(environment(report));
    for (key, value) in ours.filter(|(_, value)| !value.is_null()) {
        attributes.entry(key.to_owned()).or_insert(value);
    }
    attributes
}

fn failure(report: &Report) -> [(&'static str, Value); 9] {
    let message = report.errors.first().map(|error| &error.message);
    let kind = match report.origin {
        Origin::Panic => "Crash",
        _ if report.handled => "Exception",
        _ => "Unhandled exception",
    };
    let count = report.breadcrumbs.len() as u64;
    let last_id = count.checked_sub(1).map(|last| first_id(report) + last);
    let suppressed = (report.suppressed > 0).then_some(report.suppressed);
    [
        ("breadcrumbs.lastId", json!(last_id)),
        ("error.message", json!(message)),
        ("error.type", json!(kind)),
        ("handled", json!(report.handled)),
        ("mechanism", json!(report.origin)),
        ("severity", json!(report.severity)),
        ("site", json!(report.site)),
        ("suppressed", json!(suppressed)),
        ("trace.id", json!(report.trace_id)),
    ]
}

fn request(report: &Report) -> [(&'static str, Value); 6] {
    let request = report.request.as_ref();
    let route = request.and_then(|request| request.route.as_ref());
    let status = report.response.as_ref().map(|response| response.status);
    let user = report.user.as_ref().and_then(|user| user.id.as_ref());
    [
        (
            "request.method",
            json!(request.map(|request| &request.method)),
        ),
        ("request.route", json!(route)),
        ("request.url", json!(request.map(|request| &request.url))),
        ("response.status", json!(status)),
        ("transaction", json!(report.transaction)),
        ("user.id", json!(user)),
    ]
}

fn environment(report: &Report) -> [(&'static str, Value); 8] {
    let app = report.app.as_ref();
    let device = report.device.as_ref();
    let name = app.and_then(|app| app.name.as_ref());
    let version = app.and_then(|app| app.version.as_ref());
    let stage = app.and_then(|app| app.release_stage.as_ref());
    let hostname = device.and_then(|device| device.hostname.as_ref());
    [
        ("application", json!(name)),
        ("application.version", json!(version)),
        ("backtrace.agent", json!("backstop")),
        ("backtrace.version", json!(env!("CARGO_PKG_VERSION"))),
        ("cpu.arch", json!(device.map(|device| &device.arch))),
        ("environment", json!(stage)),
        ("hostname", json!(hostname)),
        ("uname.sysname", json!(device.map(|device| &device.os))),
    ]
}
