//! Turns an event into the report that reporters receive; runs on the worker.

use std::sync::Arc;
use std::time::Duration;

use super::redact::redact;
use crate::disclosure::Redactor;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::report::assemble::{assemble, outline};
use crate::report::event::Event;
use crate::report::fingerprint::{bounded_fingerprint, site};
use crate::report::frame::Frame;
use crate::report::report::Report;
use crate::symbols::{Symbolized, Symbolizer};

/// Assembles, redacts and symbolizes a report; `None` if the application's callbacks dropped it.
///
/// A panic on the way never costs the report: it lacks what the failed step would have added, or, if redaction fails,
/// has nothing but its id, time and kind. After `timeout`, frames that were not resolved stay addresses.
pub(super) fn prepare(
    event: Box<Event>,
    suppressed: u64,
    symbolizer: &Arc<Symbolizer>,
    timeout: Option<Duration>,
    redactor: &Redactor,
) -> Option<Report> {
    prepare_with(
        event,
        suppressed,
        |frames| symbolizer.symbolize(frames, timeout),
        |report| redact(report, redactor),
    )
}

fn prepare_with(
    event: Box<Event>,
    suppressed: u64,
    symbolize: impl FnOnce(&[Arc<Frame>]) -> Option<Symbolized>,
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
    if catch_panic(|| redact(&mut report)).is_none() {
        return Some(blank);
    }
    if let Some(symbolized) = catch_panic(|| symbolize(&report.frames)).flatten() {
        report.frames = symbolized.frames;
        report.debug_images.extend(symbolized.debug_images);
        if symbolized.is_trimmed {
            report.trimmed.push("frames".to_owned());
        }
    }
    report.site = site(&report);
    Some(report)
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
        let kept = prepare_with(event(), 3, |_| panic!("symbolize"), |_| {}).unwrap();
        assert_eq!(kept.errors[0].message, "s3cr3t");
        let event = event();
        let id = event.failure.id();
        let blank = prepare_with(event, 3, |_| None, |_| panic!("redact")).unwrap();
        assert_eq!((blank.id, blank.suppressed), (id, 3));
        assert!(!serde_json::to_string(&blank).unwrap().contains("s3cr3t"));
    }
}
