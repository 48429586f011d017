//! The breadcrumbs of an event.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use backstop::Report;
use backstop::report::{Breadcrumb, BreadcrumbKind, LogLine, Severity};
use sentry_types::protocol::v7::{self, Level};

/// Breadcrumbs and log lines in the order of their times, because Sentry has one list of both.
pub(crate) fn breadcrumbs(report: &Report) -> Vec<v7::Breadcrumb> {
    let crumbs = report.breadcrumbs.iter().map(breadcrumb);
    let mut crumbs: Vec<_> = crumbs.chain(report.logs.iter().map(log_line)).collect();
    crumbs.sort_by_key(|crumb| crumb.timestamp);
    crumbs
}

pub(crate) const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Info => Level::Info,
        Severity::Warning => Level::Warning,
        Severity::Fatal => Level::Fatal,
        _ => Level::Error,
    }
}

/// Milliseconds since 1970; a time that cannot be is the start of 1970.
pub(crate) fn time(millis: u64) -> SystemTime {
    let time = UNIX_EPOCH.checked_add(Duration::from_millis(millis));
    time.unwrap_or(UNIX_EPOCH)
}

fn breadcrumb(crumb: &Breadcrumb) -> v7::Breadcrumb {
    let (kind, category) = match crumb.kind {
        BreadcrumbKind::Log => ("default", "log"),
        BreadcrumbKind::Request => ("http", "request"),
        BreadcrumbKind::Query => ("query", "query"),
        BreadcrumbKind::User => ("user", "user"),
        BreadcrumbKind::State => ("default", "state"),
        BreadcrumbKind::Process => ("default", "process"),
        BreadcrumbKind::Error => ("error", "error"),
        _ => ("default", "manual"),
    };
    let data = crumb.data.iter();
    v7::Breadcrumb {
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

fn log_line(line: &LogLine) -> v7::Breadcrumb {
    v7::Breadcrumb {
        timestamp: time(line.timestamp),
        category: Some("log".to_owned()),
        level: level(line.level),
        message: Some(line.message.clone()),
        ..v7::Breadcrumb::default()
    }
}
