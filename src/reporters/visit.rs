//! Visits every text and every JSON value of a report.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::report::fingerprint::MAX_FINGERPRINT;
use crate::report::report::Report;

/// Visits every text of unbounded length, except keys and the notes in `trimmed`.
pub(super) fn each_text(report: &mut Report, visit: &mut impl FnMut(&mut String)) {
    error_texts(report, visit);
    request_texts(report, visit);
    process_texts(report, visit);
    record_texts(report, visit);
    // The pipeline bounds fingerprints to this length, and their hash at the end must not be cut off.
    if report.fingerprint.len() > MAX_FINGERPRINT {
        visit(&mut report.fingerprint);
    }
    each_value(report, &mut |value| {
        if let Value::String(text) = value {
            visit(text);
        }
    });
}

fn error_texts(report: &mut Report, visit: &mut impl FnMut(&mut String)) {
    for error in &mut report.errors {
        visit(&mut error.message);
        each([&mut error.type_name], visit);
    }
    for frame in report.frames.iter_mut().map(Arc::make_mut) {
        each([&mut frame.function, &mut frame.file], visit);
        for line in &mut frame.source {
            visit(&mut line.text);
        }
    }
    for image in report.debug_images.iter_mut().map(Arc::make_mut) {
        visit(&mut image.file);
        each([&mut image.build_id], visit);
    }
}

fn request_texts(report: &mut Report, visit: &mut impl FnMut(&mut String)) {
    if let Some(request) = &mut report.request {
        visit(&mut request.method);
        visit(&mut request.url);
        each([&mut request.route], visit);
        for value in request.headers.values_mut() {
            visit(value);
        }
    }
    if let Some(user) = &mut report.user {
        each([&mut user.id, &mut user.name, &mut user.email], visit);
    }
    let ids = [&mut report.trace_id, &mut report.span_id, &mut report.site];
    each(ids.into_iter().chain([&mut report.transaction]), visit);
}

fn process_texts(report: &mut Report, visit: &mut impl FnMut(&mut String)) {
    if let Some(app) = &mut report.app {
        let texts = [&mut app.name, &mut app.version, &mut app.release_stage];
        each(texts, visit);
    }
    if let Some(device) = &mut report.device {
        visit(&mut device.os);
        visit(&mut device.arch);
        each([&mut device.hostname], visit);
    }
    if let Some(thread) = &mut report.thread {
        each([&mut thread.name], visit);
    }
}

fn record_texts(report: &mut Report, visit: &mut impl FnMut(&mut String)) {
    for flag in &mut report.feature_flags {
        visit(&mut flag.name);
        each([&mut flag.variant], visit);
    }
    for crumb in &mut report.breadcrumbs {
        let mut message = std::mem::take(&mut crumb.message).into_owned();
        visit(&mut message);
        crumb.message = Cow::Owned(message);
    }
    for line in &mut report.logs {
        visit(&mut line.message);
    }
}

fn each<'a, I: IntoIterator<Item = &'a mut Option<String>>>(
    texts: I,
    visit: &mut impl FnMut(&mut String),
) {
    for text in texts.into_iter().flatten() {
        visit(text);
    }
}

/// Visits every JSON value, outer ones before inner ones.
pub(super) fn each_value(report: &mut Report, visit: &mut impl FnMut(&mut Value)) {
    let sections = report.metadata.values_mut();
    let crumbs = report.breadcrumbs.iter_mut().map(|crumb| &mut crumb.data);
    let members = sections.chain(crumbs).flat_map(Map::values_mut);
    for value in report.attributes.values_mut().chain(members) {
        walk(value, visit);
    }
}

/// The recursion is bounded: `serde_json` parses at most 128 levels, and at most 32 are recorded.
fn walk(value: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    visit(value);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        Value::Object(members) => members.values_mut().for_each(|item| walk(item, visit)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
