//! What the application recorded on the way to the failure, in the order of time. Queries and calls to other services are
//! marked as such.

use serde_json::Value;

use super::limits::{ENTRIES, MESSAGE, MOMENTS, NAME, VALUE, cut};
use crate::report::breadcrumb::{Breadcrumb, BreadcrumbKind};
use crate::report::report::Report;
use crate::report::severity::Severity;

/// One entry of the time line.
#[derive(Debug)]
pub(crate) struct Moment {
    /// Milliseconds before the failure.
    pub(crate) before: u64,
    pub(crate) kind: MomentKind,
    pub(crate) level: Severity,
    pub(crate) message: String,
    pub(crate) data: Vec<(String, String)>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum MomentKind {
    /// A breadcrumb that the application added itself.
    Step,
    /// A tracing event.
    Event,
    /// A line of the log that is sent with reports.
    Log,
    /// A database query.
    Query,
    /// A request to another service.
    Call,
}

impl MomentKind {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Event => "event",
            Self::Log => "log",
            Self::Query => "SQL",
            Self::Call => "HTTP",
        }
    }
}

/// The fields of tracing events that hold a query: those of sqlx, and those of OpenTelemetry.
const QUERIES: [&str; 4] = [
    "db.query.text",
    "db.statement",
    "db.query.summary",
    "summary",
];
/// The fields that hold the URL of a request to another service.
const URLS: [&str; 4] = ["url.full", "http.url", "url", "uri"];
const METHODS: [&str; 3] = ["http.request.method", "http.method", "method"];
/// Targets whose events are queries and calls.
const QUERY_TARGETS: [&str; 4] = ["sqlx::query", "diesel", "tokio_postgres", "sea_orm"];
const CALL_TARGETS: [&str; 4] = ["reqwest", "hyper::client", "hyper_util::client", "ureq"];

/// The last entries of the time line, oldest first.
pub(super) fn of(report: &Report) -> Vec<Moment> {
    let before = |timestamp: u64| report.timestamp.saturating_sub(timestamp);
    let crumbs = report
        .breadcrumbs
        .iter()
        .map(|crumb| moment(crumb, before(crumb.timestamp)));
    let logs = report.logs.iter().map(|line| Moment {
        before: before(line.timestamp),
        kind: MomentKind::Log,
        level: line.level,
        message: cut(&line.message, MESSAGE),
        data: Vec::new(),
    });
    let mut moments: Vec<Moment> = crumbs.chain(logs).collect();
    // Stable, so that breadcrumbs of one millisecond keep their order.
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.before));
    let surplus = moments.len().saturating_sub(MOMENTS);
    moments.drain(..surplus);
    moments
}

fn moment(crumb: &Breadcrumb, before: u64) -> Moment {
    let text = |key: &str| crumb.data.get(key).and_then(Value::as_str);
    let any = |keys: &[&str]| keys.iter().find_map(|key| text(key));
    let target = text("target").unwrap_or_default();
    let is_of = |targets: &[&str]| {
        targets.iter().any(|of| {
            target
                .strip_prefix(of)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
        })
    };
    let has_statement = any(&QUERIES[..3]).is_some();
    let (kind, special) =
        if crumb.kind == BreadcrumbKind::Query || has_statement || is_of(&QUERY_TARGETS) {
            (MomentKind::Query, any(&QUERIES))
        } else if crumb.kind == BreadcrumbKind::Request
            || is_of(&CALL_TARGETS)
            || (any(&METHODS).is_some() && any(&URLS[..2]).is_some())
        {
            (MomentKind::Call, None)
        } else if crumb.kind == BreadcrumbKind::Log {
            (MomentKind::Event, None)
        } else {
            (MomentKind::Step, None)
        };
    let mut message = special.map_or_else(|| crumb.message.to_string(), str::to_owned);
    if kind == MomentKind::Call
        && let (Some(method), Some(url)) = (any(&METHODS), any(&URLS))
    {
        message = format!("{method} {url} {message}").trim_end().to_owned();
    }
    let is_in_message = |key: &str| {
        special.is_some_and(|special| text(key) == Some(special))
            || (kind == MomentKind::Call && (METHODS.contains(&key) || URLS.contains(&key)))
            || (kind == MomentKind::Query && QUERIES.contains(&key))
    };
    let data = crumb.data.iter().filter(|(key, _)| !is_in_message(key));
    Moment {
        before,
        kind,
        level: crumb.level,
        message: cut(message.trim(), MESSAGE),
        data: data
            .take(ENTRIES)
            .map(|(key, value)| (cut(key, NAME), value_text(value)))
            .collect(),
    }
}

/// A string as it is, any other value as JSON.
pub(super) fn value_text(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text, VALUE),
        Value::Array(_) | Value::Object(_) => cut(
            &serde_json::to_string_pretty(value).unwrap_or_default(),
            VALUE,
        ),
        Value::Null | Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind_and_message(crumb: &Breadcrumb) -> (MomentKind, String) {
        let moment = moment(crumb, 0);
        (moment.kind, moment.message)
    }

    #[test]
    fn queries_and_calls_are_recognized_in_tracing_events() {
        let event = |data| {
            Breadcrumb::new("")
                .with_kind(BreadcrumbKind::Log)
                .with_data(data)
        };
        let sqlx = event(json!({
            "target": "sqlx::query", "summary": "SELECT id FROM …",
            "db.statement": "\n\nSELECT id FROM orders\n", "rows_returned": 3, "elapsed": "1.2ms",
        }));
        let shown = moment(&sqlx, 0);
        assert_eq!(
            (shown.kind, &*shown.message),
            (MomentKind::Query, "SELECT id FROM orders")
        );
        let names: Vec<&str> = shown.data.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["elapsed", "rows_returned", "target"]);
        assert_eq!(
            kind_and_message(&event(
                json!({"http.request.method": "GET", "url.full": "http://stock/7"})
            )),
            (MomentKind::Call, "GET http://stock/7".to_owned())
        );
        assert_eq!(kind_and_message(&event(json!({}))).0, MomentKind::Event);
        assert_eq!(kind_and_message(&Breadcrumb::new("x")).0, MomentKind::Step);
        let query = Breadcrumb::new("SELECT 1").with_kind(BreadcrumbKind::Query);
        assert_eq!(
            kind_and_message(&query),
            (MomentKind::Query, "SELECT 1".to_owned())
        );
    }
}
