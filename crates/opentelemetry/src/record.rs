//! A report as a log record.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use backstop::reporters::Rendered;
use backstop::{Report, report};
use opentelemetry::logs::{AnyValue, LogRecord, Severity};
use opentelemetry::{Key, SpanId, TraceId};

use crate::attributes::attributes;
use crate::exception::is_exception;
use crate::value;

/// The content of a record, independent of the provider's record type.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) event: &'static str,
    pub(crate) severity: Severity,
    at: Option<SystemTime>,
    trace: Option<(TraceId, SpanId)>,
    body: String,
    attributes: Vec<(Key, AnyValue)>,
}

impl Record {
    pub(crate) fn new(report: &Report) -> Self {
        Self {
            event: event_name(report),
            severity: severity(report.severity),
            at: UNIX_EPOCH.checked_add(Duration::from_millis(report.timestamp)),
            trace: trace(report),
            body: summary(report),
            attributes: attributes(report),
        }
    }

    pub(crate) fn write(self, log: &mut impl LogRecord) {
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
    /// An upper bound on the size of the record in protobuf.
    fn byte_len(&self) -> usize {
        /// Ids, times, the event's name, the severity.
        const HEAD: usize = 128;
        let members = self.attributes.iter();
        let attributes: usize = members
            .map(|(key, value)| value::member_bytes(key, value))
            .sum();
        HEAD + self.body.len() + attributes
    }
}

fn event_name(report: &Report) -> &'static str {
    if !is_exception(report) {
        "backstop.response"
    } else if report.request.is_some() {
        "http.server.request.exception"
    } else {
        "exception"
    }
}

const fn severity(severity: report::Severity) -> Severity {
    match severity {
        report::Severity::Info => Severity::Info,
        report::Severity::Warning => Severity::Warn,
        report::Severity::Fatal => Severity::Fatal,
        _ => Severity::Error,
    }
}

/// The ids of the trace and the span. Without a trace there is no span, and an id of zeros is not valid.
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
        report.origin.as_str().to_owned()
    } else {
        messages.join(": ")
    }
}
