//! Turns an event into a report; runs on the pipeline's worker.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::defaults::ReportDefaults;
use super::environment::{Device, Thread};
use super::event::{Event, ScopeSnapshot};
use super::fingerprint;
use super::frame::Frame;
use super::report::Report;
use super::report_error::ReportError;
use super::request_parts::{ReportRequest, ReportResponse};
use super::scope_data::ScopeData;
use crate::backtrace::Backtrace;
use crate::error::{Failure, Link};
use crate::panics::catch::catch_panic;
use crate::request::RequestInfo;

/// Returns the report of an event, before the application's callbacks run and before it is redacted.
pub(crate) fn assemble(event: Box<Event>) -> Report {
    let mut report = outline(&event);
    add_what_failed(&mut report, &event);
    add_request(&mut report, &event);
    add_what_was_recorded(&mut report, &event);
    if let Some(fingerprint) = event.failure.fingerprint() {
        fingerprint.clone_into(&mut report.fingerprint);
    }
    if report.fingerprint.is_empty() {
        report.fingerprint = fingerprint::fingerprint(&report, &event.failure);
    }
    // The error's own destructor may panic; the caller catches that.
    drop(event);
    report
}

/// Returns a report without any data from the application.
pub(crate) fn outline(event: &Event) -> Report {
    let origin = event.failure.origin();
    Report {
        timestamp: event.timestamp,
        severity: event.severity,
        handled: origin.is_handled(),
        origin,
        ..Report::empty(event.id())
    }
}

fn add_what_failed(report: &mut Report, event: &Event) {
    let context = event.context();
    report.errors = event.failure.chain().iter().map(report_error).collect();
    report.frames = frames(&event.failure, context.defaults.as_deref());
    report.device = Some(Device::this().clone());
    report.thread = context.thread.as_ref().map(Thread::from);
}

fn report_error(link: &Link) -> ReportError {
    ReportError {
        type_name: link.type_name().map(str::to_owned),
        message: link.message().to_owned(),
        location: link.location().cloned(),
    }
}

/// The addresses of the backtrace, which are symbolized later.
fn frames(failure: &Failure, defaults: Option<&ReportDefaults>) -> Vec<Arc<Frame>> {
    let repr = failure.repr();
    let is_wanted = repr.is_panic() || defaults.is_some_and(|defaults| defaults.backtraces);
    let backtrace = repr.backtrace().filter(|_| is_wanted);
    let addresses = backtrace.map_or(&[][..], Backtrace::addresses);
    let frames = addresses.iter();
    let frames = frames.map(|address| Frame::new(*address as u64));
    frames.map(Arc::new).collect()
}

fn add_request(report: &mut Report, event: &Event) {
    let context = event.context();
    let request = event.request.as_ref();
    report.request = request.map(report_request);
    let status = event.status;
    report.response = status.map(|status| ReportResponse::new(status.as_u16()));
    // Only the route names a transaction, because paths with ids in them would make nearly every one unique.
    report.transaction =
        request.and_then(|request| Some(format!("{} {}", request.method(), request.route()?)));
    if let Some(ids) = context.trace {
        report.trace_id = Some(ids.trace_id());
        report.span_id = Some(ids.span_id());
    } else if let Some(request) = request {
        report.trace_id = request.trace_id().map(str::to_owned);
        report.span_id = request.parent_id().map(str::to_owned);
    }
}

fn report_request(request: &RequestInfo) -> ReportRequest {
    let url = request.uri().path_and_query();
    let headers = request.headers().map(|(name, value)| {
        let text = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), text.into_owned())
    });
    ReportRequest {
        method: request.method().to_string(),
        url: url.map_or("/", |url| url.as_str()).to_owned(),
        route: request.route().map(str::to_owned),
        headers: headers.collect(),
    }
}

/// Adds what was recorded, from the most general to the most specific: later values replace earlier ones.
fn add_what_was_recorded(report: &mut Report, event: &Event) {
    let context = event.context();
    if let Some(defaults) = &context.defaults {
        report.app = defaults.app();
        report.attributes.clone_from(&defaults.attributes);
    }
    match &context.scope {
        ScopeSnapshot::Recorded(data) => data.merge_into(report),
        ScopeSnapshot::Unknown => {
            let attributes = &mut report.attributes;
            attributes.insert("scope".to_owned(), "unknown".into());
        }
        ScopeSnapshot::Empty => {}
    }
    if let Some(spawned) = &context.spawned {
        spawned.merge_into(report);
    }
    // The error's own methods may panic.
    let members = catch_panic(|| error_members(&event.failure)).unwrap_or_default();
    let mut of_error = ScopeData::default();
    for (key, value) in members {
        of_error.set_metadata("error".to_owned(), key, value);
    }
    of_error.merge_into(report);
}

/// The error's own data: its fields, code and details.
fn error_members(failure: &Failure) -> Map<String, Value> {
    let repr = failure.repr();
    let fields = repr.fields().into_iter();
    let mut members: Map<String, Value> = fields
        .map(|(key, value)| (key.into_owned(), value))
        .collect();
    for (key, value) in [("code", repr.code()), ("details", repr.details())] {
        members.extend(value.map(|value| (key.to_owned(), value)));
    }
    members
}
