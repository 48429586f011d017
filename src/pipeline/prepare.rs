//! Turns an event into the report that reporters receive; runs on the worker.

use std::time::Duration;

use super::redact::redact;
use crate::disclosure::Redactor;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::report::assemble::{assemble, outline};
use crate::report::event::Event;
use crate::report::fingerprint::{bounded_fingerprint, site};
use crate::report::report::Report;
use crate::symbols::SymbolSettings;

/// Assembles, symbolizes and redacts a report; `None` if the application's callbacks dropped it.
///
/// A panic on the way never costs the report: it lacks what the failed step would have added, or, if redaction fails,
/// has nothing but its id, time and kind. After `timeout`, frames that were not resolved stay addresses.
pub(super) fn prepare(
    event: Box<Event>,
    suppressed: u64,
    symbols: &SymbolSettings,
    timeout: Option<Duration>,
    redactor: &Redactor,
) -> Option<Report> {
    prepare_with(
        event,
        suppressed,
        |report| symbolize(report, symbols, timeout),
        |report| redact(report, redactor),
    )
}

#[cfg(feature = "frames")]
fn symbolize(report: &mut Report, symbols: &SymbolSettings, timeout: Option<Duration>) {
    match timeout {
        Some(timeout) => crate::symbols::symbolize_within(report, symbols, timeout),
        None => crate::symbols::symbolize(report, symbols),
    }
}

#[cfg(not(feature = "frames"))]
const fn symbolize(_: &mut Report, _: &SymbolSettings, _: Option<Duration>) {}

fn prepare_with(
    event: Box<Event>,
    suppressed: u64,
    symbolize: impl FnOnce(&mut Report),
    redact: impl FnOnce(&mut Report),
) -> Option<Report> {
    let blank = Report {
        suppressed,
        ..blank(&event)
    };
    let callbacks = event.callbacks();
    let Some(mut report) = catch_panic(|| assemble(event)) else {
        drop_catching(callbacks);
        return Some(blank);
    };
    let is_kept = callbacks.apply(&mut report);
    // This may be the last handle to a callback, whose captured values may panic when they are dropped.
    drop_catching(callbacks);
    if !is_kept {
        return None;
    }
    report.suppressed = suppressed;
    report.fingerprint = bounded_fingerprint(report.fingerprint);
    let mut symbolized = report.clone();
    if catch_panic(|| symbolize(&mut symbolized)).is_some() {
        report = symbolized;
    }
    report.site = site(&report);
    match catch_panic(|| redact(&mut report)) {
        Some(()) => Some(report),
        None => Some(blank),
    }
}

/// Returns a report without any text from the application.
fn blank(event: &Event) -> Report {
    Report {
        fingerprint: "blank".to_owned(),
        trimmed: vec!["everything, because it could not be redacted".to_owned()],
        ..outline(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Failure};
    use crate::report::event::EventContext;

    fn event() -> Box<Event> {
        Event::new(Failure::from(Error::msg("s3cr3t")), EventContext::default())
    }

    #[test]
    fn a_report_survives_a_panic_while_it_is_symbolized_and_is_blank_after_one_while_it_is_redacted()
     {
        let kept = prepare_with(
            event(),
            3,
            |report| {
                report.errors.clear();
                panic!("symbolize");
            },
            |_| {},
        )
        .unwrap();
        assert_eq!(kept.errors[0].message, "s3cr3t");
        let event = event();
        let id = event.failure.id();
        let blank = prepare_with(event, 3, |_| {}, |_| panic!("redact")).unwrap();
        assert_eq!((blank.id, blank.suppressed), (id, 3));
        assert!(!serde_json::to_string(&blank).unwrap().contains("s3cr3t"));
    }
}
