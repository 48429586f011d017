//! The `tracing` event of a failure.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use tracing::Level;

use super::log_level::LogLevel;
use crate::disclosure::Redactor;
use crate::error::{Failure, Link};
use crate::panics::callback::Callback;
use crate::report::error_event::ErrorEvent;
use crate::request::{RequestInfo, TraceIds};
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
        error.id = %failure.id().hyphenated(),
        error.type = failure.type_name(),
        exception.message = %chain.message(),
        exception.stacktrace = %chain,
        trace_id = ids.map(TraceIds::trace_id),
        span_id = ids.map(TraceIds::span_id),
        "the application ended with an error"
    );
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
            error.id = %failure.id().hyphenated(),
            error.type = %error_type(failure),
            error.origin = failure.origin().as_str(),
            exception.message = %chain.message(),
            exception.stacktrace = %chain,
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

/// The name of the error's type, or the status if there is none.
fn error_type(failure: &Failure) -> Cow<'_, str> {
    let status = || Cow::Owned(failure.status().as_str().to_owned());
    failure.type_name().map_or_else(status, Cow::Borrowed)
}

/// The most bytes of the messages in one record. They are redacted while the request waits, and a client may decide how
/// long they are; the report has all of them.
const MAX_TEXT: usize = 4 * 1024;

/// The cause chain on one line, redacted.
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

/// A text that stays on its line: control characters are escaped, so that no message can forge a log record.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every character to escape has a byte below a space, or one of these.
        let may_break = |byte| byte < b' ' || matches!(byte, 0x7F | 0xC2 | 0xE2);
        if !self.0.bytes().any(may_break) {
            return f.write_str(self.0);
        }
        for character in self.0.chars() {
            if character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_could_end_a_line_is_escaped_and_all_else_stays() {
        let breaking = (0..=u32::from(char::MAX)).filter_map(char::from_u32);
        let breaking =
            breaking.filter(|it| it.is_control() || matches!(it, '\u{2028}' | '\u{2029}'));
        for character in breaking {
            let text = OneLine(&format!("a{character}b")).to_string();
            assert_eq!(text, format!("a{}b", character.escape_default()));
        }
        for text in ["", "out of cheese", "Käse – 芝士 \u{e0}"] {
            assert_eq!(OneLine(text).to_string(), text);
        }
    }
}
