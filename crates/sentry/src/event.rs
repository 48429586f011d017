//! A report as one event.

use std::borrow::Cow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sentry_core::protocol::{
    Addr, Breadcrumb as Crumb, ClientSdkInfo, ClientSdkPackage, Event, Exception, Frame as Call,
    Level, Mechanism as Way, Stacktrace, Thread as Task, ThreadId, User,
};
use serde_json::Value;

use super::super::http::{AGENT, VERSION, place};
use super::contexts::contexts;
use super::request::request;
use super::tags::{one_line, tags};
use crate::report::{
    Breadcrumb, BreadcrumbKind, Frame, LogLine, Mechanism, Report, ReportError, Severity,
};

/// What stands in every event in place of what the report says.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) release: Option<String>,
    pub(super) environment: Option<String>,
}

/// The event as JSON.
pub(super) fn render(report: &Report, names: &Names) -> Vec<u8> {
    let mut event = serde_json::to_value(event(report, names)).unwrap_or_default();
    // The crate calls contexts that it does not know so. By their name alone Sentry knows them.
    let contexts = event.get_mut("contexts").and_then(Value::as_object_mut);
    let contexts = contexts
        .into_iter()
        .flat_map(|contexts| contexts.values_mut());
    for context in contexts.filter_map(Value::as_object_mut) {
        if context.get("type").is_some_and(|kind| kind == "unknown") {
            context.remove("type");
        }
    }
    serde_json::to_vec(&event).unwrap_or_default()
}

pub(super) fn sdk() -> ClientSdkInfo {
    ClientSdkInfo {
        name: AGENT.to_owned(),
        version: VERSION.to_owned(),
        integrations: Vec::new(),
        packages: vec![ClientSdkPackage {
            name: format!("cargo:{AGENT}"),
            version: VERSION.to_owned(),
        }],
    }
}

fn event(report: &Report, names: &Names) -> Event<'static> {
    let (tags, attributes) = tags(report);
    let (contexts, extra) = contexts(report, attributes);
    let hostname = report
        .device
        .as_ref()
        .and_then(|device| device.hostname.clone());
    let transaction = report.transaction.as_deref();
    let transaction = transaction.map(|transaction| one_line(transaction, 200));
    Event {
        event_id: report.id,
        timestamp: time(report.timestamp),
        level: level(report.severity),
        // What Sentry shows native frames by.
        platform: Cow::Borrowed("native"),
        fingerprint: Cow::Owned(vec![Cow::Owned(report.fingerprint.clone())]),
        transaction: transaction.filter(|transaction| !transaction.is_empty()),
        server_name: hostname.map(Cow::Owned),
        release: release(report, names).map(Cow::Owned),
        environment: environment(report, names).map(Cow::Owned),
        user: user(report),
        request: request(report),
        contexts,
        extra,
        tags,
        breadcrumbs: breadcrumbs(report).into(),
        exception: exceptions(report).into(),
        threads: threads(report).into(),
        sdk: Some(Cow::Owned(sdk())),
        ..Event::default()
    }
}

fn release(report: &Report, names: &Names) -> Option<String> {
    let app = report.app.as_ref();
    let name = app.and_then(|app| app.name.as_deref());
    let version = app.and_then(|app| app.version.as_deref());
    let told = || match (name, version?) {
        (Some(name), version) => Some(format!("{name}@{version}")),
        (None, version) => Some(version.to_owned()),
    };
    names.release.clone().or_else(told).and_then(|release| {
        let release = release.replace(['/', '\\'], "-");
        named(&release, 200)
    })
}

fn environment(report: &Report, names: &Names) -> Option<String> {
    let told = || report.app.as_ref()?.release_stage.clone();
    let environment = names.environment.clone().or_else(told)?;
    named(&environment.replace('/', "-"), 64)
}

/// What Sentry takes as the name of something; it drops the event's field otherwise.
fn named(text: &str, max: usize) -> Option<String> {
    let name = one_line(text, max);
    let is_none = matches!(name.as_str(), "" | "." | "..") || name.eq_ignore_ascii_case("none");
    (!is_none).then_some(name)
}

fn user(report: &Report) -> Option<User> {
    let user = report.user.as_ref()?;
    Some(User {
        id: user.id.clone(),
        username: user.name.clone(),
        email: user.email.clone(),
        ..User::default()
    })
}

/// Oldest first, so the root cause is the first one and the outermost error the last. The backtrace is that of the
/// outermost; the others have the place where they were made.
fn exceptions(report: &Report) -> Vec<Exception> {
    let nothing = nothing(report);
    let errors = report.errors.iter();
    let errors = errors.chain(report.errors.is_empty().then_some(&nothing));
    let exceptions = errors.enumerate().map(|(index, error)| {
        let is_outermost = index == 0;
        let calls = if is_outermost && !report.frames.is_empty() {
            report.frames.iter().map(call).collect()
        } else {
            error.at.iter().map(|at| only_place(at)).collect()
        };
        let kind = error.type_name.as_ref().filter(|kind| !kind.is_empty());
        let thread = report.thread.as_ref().filter(|_| is_outermost);
        Exception {
            ty: kind.map_or_else(|| report.mechanism.class().to_owned(), String::clone),
            value: Some(error.message.clone()),
            stacktrace: Stacktrace::from_frames_reversed(calls),
            thread_id: thread.map(|thread| ThreadId::Int(thread.id)),
            mechanism: is_outermost.then(|| way(report)),
            ..Exception::default()
        }
    });
    let mut exceptions: Vec<Exception> = exceptions.collect();
    exceptions.reverse();
    exceptions
}

/// An answer without an error behind it.
fn nothing(report: &Report) -> ReportError {
    let status = report.response.as_ref().map(|response| response.status);
    ReportError {
        type_name: None,
        message: status.map_or_else(String::new, |status| format!("answered {status}")),
        at: None,
    }
}

fn way(report: &Report) -> Way {
    Way {
        ty: report.mechanism.as_str().to_owned(),
        handled: Some(report.handled),
        synthetic: report.errors.is_empty().then_some(true),
        ..Way::default()
    }
}

fn call(frame: &Frame) -> Call {
    const AROUND: u32 = 5;
    let line = frame.line.unwrap_or_default();
    let text = |number: u32| {
        let source = frame.source.iter().find(|source| source.number == number);
        source.map(|source| source.text.clone())
    };
    let context_line = text(line);
    let has_source = context_line.is_some();
    // As far as lines follow each other, for they are numbered from the middle one.
    let before = (1..=AROUND).map_while(|distance| text(line.checked_sub(distance)?));
    let after = (1..=AROUND).map_while(|distance| text(line.checked_add(distance)?));
    let mut before: Vec<String> = before.filter(|_| has_source).collect();
    before.reverse();
    let is_unknown = frame.function.is_none();
    Call {
        function: frame.function.clone(),
        filename: frame.file.clone(),
        abs_path: frame.file.clone().filter(|file| file.starts_with('/')),
        lineno: frame.line.map(u64::from),
        colno: frame.column.map(u64::from),
        pre_context: before,
        context_line,
        post_context: after.filter(|_| has_source).collect(),
        in_app: Some(frame.in_app),
        instruction_addr: is_unknown.then_some(Addr(frame.address)),
        ..Call::default()
    }
}

fn only_place(at: &str) -> Call {
    let (file, line, column) = place(at);
    Call {
        filename: Some(file.to_owned()),
        lineno: line.map(u64::from),
        colno: column.map(u64::from),
        in_app: Some(true),
        ..Call::default()
    }
}

fn threads(report: &Report) -> Vec<Task> {
    let thread = report.thread.iter().map(|thread| Task {
        id: Some(ThreadId::Int(thread.id)),
        name: thread.name.clone(),
        crashed: report.mechanism == Mechanism::Panic && !report.handled,
        current: true,
        ..Task::default()
    });
    thread.collect()
}

/// Steps and log lines in the order of their times; Sentry has one list of both.
fn breadcrumbs(report: &Report) -> Vec<Crumb> {
    let steps = report.breadcrumbs.iter().map(step);
    let mut crumbs: Vec<Crumb> = steps.chain(report.logs.iter().map(log_line)).collect();
    crumbs.sort_by_key(|crumb| crumb.timestamp);
    crumbs
}

fn step(crumb: &Breadcrumb) -> Crumb {
    let (kind, category) = match crumb.kind {
        BreadcrumbKind::Manual => ("default", "manual"),
        BreadcrumbKind::Log => ("default", "log"),
        BreadcrumbKind::Request => ("http", "request"),
        BreadcrumbKind::Query => ("query", "query"),
        BreadcrumbKind::User => ("user", "user"),
        BreadcrumbKind::State => ("default", "state"),
        BreadcrumbKind::Process => ("default", "process"),
        BreadcrumbKind::Error => ("error", "error"),
    };
    let data = crumb.data.iter();
    Crumb {
        timestamp: time(crumb.timestamp),
        ty: kind.to_owned(),
        category: Some(category.to_owned()),
        level: level(crumb.level),
        message: Some(crumb.message.clone().into_owned()),
        data: data
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    }
}

fn log_line(line: &LogLine) -> Crumb {
    Crumb {
        timestamp: time(line.timestamp),
        category: Some("log".to_owned()),
        level: level(line.level),
        message: Some(line.message.clone()),
        ..Crumb::default()
    }
}

const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Info => Level::Info,
        Severity::Warning => Level::Warning,
        Severity::Error => Level::Error,
        Severity::Fatal => Level::Fatal,
    }
}

/// An impossible time is the epoch.
fn time(millis: u64) -> SystemTime {
    let time = UNIX_EPOCH.checked_add(Duration::from_millis(millis));
    time.unwrap_or(UNIX_EPOCH)
}
