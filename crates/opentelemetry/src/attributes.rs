//! The attributes of a record: those of the conventions, ours, and the application's own.

use backstop::report::ReportRequest;
use backstop::{Origin, Report};
use opentelemetry::Key;
use opentelemetry::logs::AnyValue;
use serde_json::{Value, json};

use crate::exception::{is_exception, type_name};
use crate::stacktrace::stacktrace;
use crate::value;

pub(crate) fn attributes(report: &Report) -> Vec<(Key, AnyValue)> {
    let mut list = List(Vec::new());
    failure(&mut list, report);
    if let Some(request) = &report.request {
        self::request(&mut list, request);
    }
    let response = report.response.as_ref();
    list.add(
        "http.response.status_code",
        response.map(|response| i64::from(response.status)),
    );
    user_and_thread(&mut list, report);
    details(&mut list, report);
    application(&mut list, report);
    list.0
}

/// Attributes, in the order in which they are added.
struct List(Vec<(Key, AnyValue)>);

impl List {
    fn add(&mut self, key: &'static str, value: Option<impl Into<AnyValue>>) {
        let member = value.map(|value| (Key::from_static_str(key), value.into()));
        self.0.extend(member);
    }

    fn text(&mut self, key: &'static str, text: Option<&str>) {
        self.add(key, text.map(str::to_owned));
    }

    fn json(&mut self, key: &'static str, json: Value) {
        let is_empty = match &json {
            Value::Array(items) => items.is_empty(),
            Value::Object(members) => members.is_empty(),
            _ => false,
        };
        self.add(key, value::of(json).filter(|_| !is_empty));
    }
}

fn failure(list: &mut List, report: &Report) {
    let id = report.id.hyphenated().to_string();
    list.text("backstop.id", Some(&id));
    list.add("log.record.uid", Some(id));
    let type_name = type_name(report);
    let status = report.response.as_ref();
    let status = status.map(|response| response.status.to_string());
    list.text(
        "error.type",
        type_name.or(status.as_deref()).or(Some("_OTHER")),
    );
    if is_exception(report) {
        exception(list, report);
    }
    list.text("backstop.origin", Some(report.origin.as_str()));
    list.add("backstop.handled", Some(report.handled));
    list.text("backstop.fingerprint", Some(&report.fingerprint));
    list.text("backstop.site", report.site.as_deref());
}

fn exception(list: &mut List, report: &Report) {
    let is_panic = report.origin == Origin::Panic;
    list.text(
        "exception.type",
        type_name(report).or_else(|| is_panic.then_some("panic")),
    );
    let message = report.errors.first();
    let message = message.map_or(report.origin.as_str(), |error| &error.message);
    list.text("exception.message", Some(message));
    let stacktrace = stacktrace(report);
    list.add(
        "exception.stacktrace",
        (!stacktrace.is_empty()).then_some(stacktrace),
    );
}

fn request(list: &mut List, request: &ReportRequest) {
    const KNOWN: [&str; 10] = [
        "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE",
    ];
    let method = request.method.as_str();
    if KNOWN.contains(&method) {
        list.text("http.request.method", Some(method));
    } else {
        list.text("http.request.method", Some("_OTHER"));
        list.text("http.request.method_original", Some(method));
    }
    list.text("http.route", request.route.as_deref());
    if request.url.starts_with('/') {
        let (path, query) = match request.url.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (request.url.as_str(), None),
        };
        list.text("url.path", Some(path));
        list.text("url.query", query);
    } else {
        list.text("url.full", Some(&request.url));
    }
    for (name, value) in &request.headers {
        if name == "user-agent" {
            list.text("user_agent.original", Some(value));
        } else {
            let key = Key::from(format!("http.request.header.{name}"));
            list.0.push((key, AnyValue::from_iter([value.clone()])));
        }
    }
}

fn user_and_thread(list: &mut List, report: &Report) {
    if let Some(user) = &report.user {
        list.text("user.id", user.id.as_deref());
        list.text("user.name", user.name.as_deref());
        list.text("user.email", user.email.as_deref());
    }
    if let Some(thread) = &report.thread {
        list.json("thread.id", thread.id.into());
        list.text("thread.name", thread.name.as_deref());
    }
}

/// The parts of the report without a conventional name, in the form in which the report itself is serialized.
fn details(list: &mut List, report: &Report) {
    list.text("backstop.transaction", report.transaction.as_deref());
    list.json("backstop.breadcrumbs", json!(report.breadcrumbs));
    list.json("backstop.logs", json!(report.logs));
    list.json("backstop.metadata", json!(report.metadata));
    list.json("backstop.feature_flags", json!(report.feature_flags));
    list.json("backstop.app", json!(report.app));
    list.json("backstop.device", json!(report.device));
    let suppressed = (report.suppressed > 0).then_some(report.suppressed);
    list.json("backstop.suppressed", json!(suppressed));
    list.json("backstop.trimmed", json!(report.trimmed));
}

/// The application's attributes, under their own names unless those are taken.
fn application(list: &mut List, report: &Report) {
    let ours = list.0.len();
    for (key, json) in &report.attributes {
        let Some(value) = value::of(json.clone()) else {
            continue;
        };
        let is_taken = key.is_empty()
            || key.starts_with("backstop.")
            || list.0[..ours]
                .iter()
                .any(|(taken, _)| taken.as_str() == key);
        let key = if is_taken {
            Key::from(format!("backstop.attributes.{key}"))
        } else {
            Key::from(key.clone())
        };
        list.0.push((key, value));
    }
}
