//! The `tracing` record of a failure.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

use tracing::Level;

use crate::disclosure::Redactor;
use crate::error::{Failure, Link};
use crate::report::error_event::ErrorEvent;

/// One record: ERROR from 500 on, DEBUG below, its fields by OpenTelemetry's names.
pub(super) fn record(event: &ErrorEvent<'_>, redactor: &Redactor) {
    if event.failure().status().is_server_error() {
        if tracing::enabled!(target: "backstop", Level::ERROR) {
            emit!(ERROR, Fields::new(event, redactor));
        }
    } else if tracing::enabled!(target: "backstop", Level::DEBUG) {
        emit!(DEBUG, Fields::new(event, redactor));
    }
}

/// One ERROR record of an error that no request had.
pub(super) fn record_end(failure: &Failure, redactor: &Redactor) {
    let Texts { message, chain } = Texts::new(failure, redactor);
    tracing::event!(
        target: "backstop",
        Level::ERROR,
        error.id = %failure.id().hyphenated(),
        error.type = failure.type_name(),
        exception.message = %message,
        exception.stacktrace = %chain,
        "the application ended in an error"
    );
}

struct Texts {
    message: String,
    chain: String,
}

impl Texts {
    fn new(failure: &Failure, redactor: &Redactor) -> Self {
        let links = failure.chain();
        let shown = |link: &Link| OneLine(&redactor.text(link.message())).to_string();
        let mut chain = String::new();
        for (depth, link) in links.iter().enumerate() {
            // Writing to a `String` does not fail.
            let _ = write!(
                chain,
                "{}{}",
                if depth > 0 { " <- " } else { "" },
                shown(link)
            );
            if let Some(location) = link.location() {
                let _ = write!(chain, " (at {location})");
            }
        }
        Self {
            message: links.first().map(shown).unwrap_or_default(),
            chain,
        }
    }
}

struct Fields<'a> {
    texts: Texts,
    event: &'a ErrorEvent<'a>,
}

impl<'a> Fields<'a> {
    fn new(event: &'a ErrorEvent<'a>, redactor: &Redactor) -> Self {
        Self {
            texts: Texts::new(event.failure(), redactor),
            event,
        }
    }

    fn error_type(&self) -> Cow<'_, str> {
        let status = || Cow::Owned(self.event.failure().status().as_str().to_owned());
        self.event
            .failure()
            .type_name()
            .map_or_else(status, Cow::Borrowed)
    }
}

macro_rules! emit {
    ($level:ident, $fields:expr) => {{
        let fields = $fields;
        let (failure, request) = (fields.event.failure(), fields.event.request());
        tracing::event!(
            target: "backstop",
            Level::$level,
            error.id = %failure.id().hyphenated(),
            error.type = %fields.error_type(),
            error.origin = failure.origin().as_str(),
            exception.message = %fields.texts.message,
            exception.stacktrace = %fields.texts.chain,
            http.request.method = %OneLine(request.method().as_str()),
            url.path = %OneLine(request.uri().path()),
            http.route = request.route(),
            http.response.status_code = fields.event.status().as_u16(),
            trace_id = request.trace_id(),
            "request failed"
        );
    }};
}
use emit;

/// A text that stays on its line: control characters are escaped, so that no message can forge a record.
struct OneLine<'a>(&'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
