//! A report as a log record.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use opentelemetry::logs::{AnyValue, LogRecord, Severity};
use opentelemetry::{Key, SpanId, TraceId};

use super::super::fit::Rendered;
use super::{attributes, value};
use crate::report::{self, Report};

/// All that is told of a report, before it is known how the provider keeps it.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) event: &'static str,
    pub(super) severity: Severity,
    at: Option<SystemTime>,
    trace: Option<(TraceId, SpanId)>,
    body: String,
    attributes: Vec<(Key, AnyValue)>,
}

impl Record {
    pub(super) fn of(report: &Report) -> Self {
        let has_request = report.request.is_some();
        Self {
            event: if has_request {
                "http.server.request.exception"
            } else {
                "exception"
            },
            severity: severity(report.severity),
            at: UNIX_EPOCH.checked_add(Duration::from_millis(report.timestamp)),
            trace: trace(report),
            body: summary(report),
            attributes: attributes::of(report),
        }
    }

    pub(super) fn write(self, log: &mut impl LogRecord) {
        log.set_event_name(self.event);
        log.set_severity_number(self.severity);
        log.set_severity_text(self.severity.name());
        if let Some(at) = self.at {
            log.set_timestamp(at);
        }
        log.set_observed_timestamp(SystemTime::now());
        if let Some((trace, span)) = self.trace {
            log.set_trace_context(trace, span, None);
        }
        log.set_body(self.body.into());
        log.add_attributes(self.attributes);
    }
}

impl Rendered for Record {
    /// At least as many as it takes in protobuf.
    fn bytes(&self) -> usize {
        /// Ids, times, the event's name, the severity.
        const HEAD: usize = 128;
        let members = self.attributes.iter();
        let attributes: usize = members
            .map(|(key, value)| value::member_bytes(key, value))
            .sum();
        HEAD + self.body.len() + attributes
    }
}

const fn severity(severity: report::Severity) -> Severity {
    match severity {
        report::Severity::Info => Severity::Info,
        report::Severity::Warning => Severity::Warn,
        report::Severity::Error => Severity::Error,
        report::Severity::Fatal => Severity::Fatal,
    }
}

/// The span may be missing, the trace may not. All zeros are none.
fn trace(report: &Report) -> Option<(TraceId, SpanId)> {
    let trace = TraceId::from_hex(report.trace_id.as_deref()?).ok()?;
    let span = report.span_id.as_deref();
    let span = span.and_then(|span| SpanId::from_hex(span).ok());
    (trace != TraceId::INVALID).then(|| (trace, span.unwrap_or(SpanId::INVALID)))
}

fn summary(report: &Report) -> String {
    let messages = report.errors.iter().map(|error| error.message.as_str());
    let messages: Vec<&str> = messages.filter(|message| !message.is_empty()).collect();
    if messages.is_empty() {
        report.mechanism.as_str().to_owned()
    } else {
        messages.join(": ")
    }
}
