//! The `tracing` event of a failure.

use std::borrow::Cow;
use std::fmt;
use std::sync::Once;

use tracing::Level;

use super::log_level::LogLevel;
use crate::disclosure::Redactor;
use crate::error::{Failure, Link};
use crate::panics::callback::Callback;
use crate::printable::OneLine;
use crate::report::error_event::ErrorEvent;
use crate::request::{AwaitedPart, RequestInfo, TraceIds};
use crate::text::prefix;

/// Bytes of the method, which the client chooses.
const MAX_METHOD: usize = 32;

/// Chooses the level at which a failure is logged.
pub(super) type ChooseLevel = dyn Fn(&Failure) -> LogLevel + Send + Sync;

/// The level of a failure: DEBUG if it is expected, else the one that the application chooses, else ERROR if its status
/// is 500 or above, else DEBUG.
pub(super) fn level(event: &ErrorEvent<'_>, choose: Option<&Callback<ChooseLevel>>) -> LogLevel {
    let failure = event.failure();
    if failure.is_expected() {
        return LogLevel::Debug;
    }
    let chosen = choose.and_then(|choose| choose.call(|choose| choose(failure)));
    chosen.unwrap_or_else(|| {
        if failure.status().is_server_error() {
            LogLevel::Error
        } else {
            LogLevel::Debug
        }
    })
}

/// Logs a failure with the field names of OpenTelemetry.
pub(super) fn record(event: &ErrorEvent<'_>, level: LogLevel, redactor: &Redactor) {
    match level {
        LogLevel::Error => emit!(ERROR, event, redactor),
        LogLevel::Warn => emit!(WARN, event, redactor),
        LogLevel::Info => emit!(INFO, event, redactor),
        LogLevel::Debug => emit!(DEBUG, event, redactor),
        LogLevel::Trace => emit!(TRACE, event, redactor),
        LogLevel::Off => {}
    }
}

/// Logs an error that belongs to no request.
pub(super) fn record_end(failure: &Failure, redactor: &Redactor) {
    let chain = Chain::new(failure, redactor);
    let ids = TraceIds::current();
    tracing::event!(
        target: "backstop",
        Level::ERROR,
        backstop.id = %failure.id().hyphenated(),
        error.type = failure.type_name(),
        exception.message = &*chain.message().to_string(),
        exception.stacktrace = &*chain.to_string(),
        trace_id = ids.map(TraceIds::trace_id),
        span_id = ids.map(TraceIds::span_id),
        "the application ended with an error"
    );
}

/// Logs, once per process, that the layers stand in the wrong order.
pub(super) fn warn_of_encoded_text() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing::warn!(
            target: "backstop",
            "left an error response as it is, because its text is encoded; put Backstop inside the compression: \
             `.layer(backstop.layer()).layer(CompressionLayer::new())` (logged once per process)"
        );
    });
}

/// Logs a client that disconnected before this part of its response was complete.
pub(super) fn record_disconnect(request: &RequestInfo, awaited: AwaitedPart, redactor: &Redactor) {
    if tracing::enabled!(target: "backstop", Level::DEBUG) {
        tracing::event!(
            target: "backstop",
            Level::DEBUG,
            backstop.awaited = awaited.as_str(),
            http.request.method = %OneLine(prefix(request.method().as_str(), MAX_METHOD)),
            url.path = %OneLine(&redactor.path(&request.uri_for_report())),
            http.route = request.route(),
            trace_id = request.trace_id(),
            "client disconnected"
        );
    }
}

macro_rules! emit {
    ($level:ident, $event:expr, $redactor:expr) => {
        if tracing::enabled!(target: "backstop", Level::$level) {
        let (failure, request) = ($event.failure(), $event.request());
        let chain = Chain::new(failure, $redactor);
        let trace = Trace::of(request);
        tracing::event!(
            target: "backstop",
            Level::$level,
            backstop.id = %failure.id().hyphenated(),
            error.type = %failure.error_type(),
            backstop.origin = failure.origin().as_str(),
            exception.message = &*chain.message().to_string(),
            exception.stacktrace = &*chain.to_string(),
            http.request.method = %OneLine(prefix(request.method().as_str(), MAX_METHOD)),
            url.path = %OneLine(&$redactor.path(&request.uri_for_report())),
            http.route = request.route(),
            http.response.status_code = $event.status().as_u16(),
            trace_id = trace.trace_id(),
            span_id = trace.span_id(),
            "request failed"
        );
        }
    };
}
use emit;

/// The trace and the span of a record: those of the current span, else those of the request's `traceparent`.
enum Trace<'a> {
    Current(String, String),
    OfRequest(&'a RequestInfo),
}

impl<'a> Trace<'a> {
    fn of(request: &'a RequestInfo) -> Self {
        match TraceIds::current() {
            Some(ids) => Self::Current(ids.trace_id(), ids.span_id()),
            None => Self::OfRequest(request),
        }
    }

    fn trace_id(&self) -> Option<&str> {
        match self {
            Self::Current(trace, _) => Some(trace),
            Self::OfRequest(request) => request.trace_id(),
        }
    }

    fn span_id(&self) -> Option<&str> {
        match self {
            Self::Current(_, span) => Some(span),
            Self::OfRequest(request) => request.parent_id(),
        }
    }
}

/// The most bytes of the messages in one record. They are redacted while the request waits, and a client may decide how
/// long they are; the report has all of them.
const MAX_TEXT: usize = 4 * 1024;

/// The cause chain on one line, redacted.
///
/// It is recorded as a text, not by its `Display`, so that subscribers quote it: otherwise a message like
/// `x error.id=forged` would add a field to a line of keys and values.
struct Chain<'a> {
    links: &'a [Link],
    outermost: Message<'a>,
    /// The messages of the other links; most chains have none.
    causes: Vec<Message<'a>>,
}

/// A message, redacted.
#[derive(Default)]
struct Message<'a> {
    text: Cow<'a, str>,
    is_cut: bool,
}

impl<'a> Chain<'a> {
    fn new(failure: &'a Failure, redactor: &Redactor) -> Self {
        let links = failure.chain();
        let mut room = MAX_TEXT;
        let mut messages = links.iter().map(|link| {
            let text = prefix(link.message(), room);
            room -= text.len();
            Message {
                text: redactor.text(text),
                is_cut: text.len() < link.message().len(),
            }
        });
        Self {
            links,
            outermost: messages.next().unwrap_or_default(),
            causes: messages.collect(),
        }
    }

    const fn message(&self) -> &Message<'a> {
        &self.outermost
    }
}

/// The outermost message, on one line, redacted.
pub(super) fn message(failure: &Failure, redactor: &Redactor) -> String {
    let outermost = failure.chain().first().map_or("", |link| link.message());
    OneLine(&redactor.text(prefix(outermost, MAX_TEXT))).to_string()
}

impl fmt::Display for Message<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&OneLine(&self.text), f)?;
        f.write_str(if self.is_cut { "…" } else { "" })
    }
}

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let messages = std::iter::once(&self.outermost).chain(&self.causes);
        for (depth, (link, message)) in self.links.iter().zip(messages).enumerate() {
            if depth > 0 {
                f.write_str(" <- ")?;
            }
            fmt::Display::fmt(message, f)?;
            if let Some(at) = link.location() {
                f.write_str(" (at ")?;
                fmt::Display::fmt(at, f)?;
                f.write_str(")")?;
            }
        }
        Ok(())
    }
}
