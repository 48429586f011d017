//! From what was captured to the report as reporters may see it; runs on the worker.

use std::time::Duration;

use super::scrub::scrub;
use crate::disclosure::Redactor;
use crate::panics::catch::catch_panic;
use crate::report::assemble::{assemble, outline};
use crate::report::event::Event;
use crate::report::grouping::bounded_fingerprint;
use crate::report::report::Report;
use crate::symbols::SymbolSettings;

/// Assembles, symbolises and scrubs. Whatever panics on the way, a report comes out: an enricher that fails
/// takes only what it would have added, a scrubber that fails takes everything but id, time and kind. Only the
/// application's own callbacks drop it. With a limit of time, frames that were not found by then stay addresses.
pub(super) fn prepare(
    captured: Box<Event>,
    suppressed: u64,
    symbols: &SymbolSettings,
    time: Option<Duration>,
    redactor: &Redactor,
) -> Option<Report> {
    prepare_with(
        captured,
        suppressed,
        |report| enrich(report, symbols, time),
        |report| scrub(report, redactor),
    )
}

#[cfg(feature = "frames")]
fn enrich(report: &mut Report, symbols: &SymbolSettings, time: Option<Duration>) {
    match time {
        Some(time) => crate::symbols::symbolise_within(report, symbols, time),
        None => crate::symbols::symbolise(report, symbols),
    }
}

#[cfg(not(feature = "frames"))]
const fn enrich(_report: &mut Report, _symbols: &SymbolSettings, _time: Option<Duration>) {}

fn prepare_with(
    captured: Box<Event>,
    suppressed: u64,
    enrich: impl FnOnce(&mut Report),
    scrub: impl FnOnce(&mut Report),
) -> Option<Report> {
    let blank = Report {
        suppressed,
        ..blank(&captured)
    };
    let callbacks = captured.callbacks();
    let Some(mut report) = catch_panic(|| assemble(captured)) else {
        return Some(blank);
    };
    if !callbacks.apply(&mut report) {
        return None;
    }
    report.suppressed = suppressed;
    report.fingerprint = bounded_fingerprint(report.fingerprint);
    let mut enriched = report.clone();
    if catch_panic(|| enrich(&mut enriched)).is_some() {
        report = enriched;
    }
    match catch_panic(|| scrub(&mut report)) {
        Some(()) => Some(report),
        None => Some(blank),
    }
}

/// A report without any text of anybody's.
fn blank(captured: &Event) -> Report {
    Report {
        fingerprint: "blank".to_owned(),
        trimmed: vec!["everything, for it could not be scrubbed".to_owned()],
        ..outline(captured)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Failure};
    use crate::report::event::EventContext;

    fn captured() -> Box<Event> {
        Event::new(Failure::from(Error::msg("s3cr3t")), EventContext::default())
    }

    #[test]
    fn an_enricher_that_panics_keeps_the_report_and_a_scrubber_that_panics_blanks_it() {
        let kept = prepare_with(
            captured(),
            3,
            |report| {
                report.errors.clear();
                panic!("enricher");
            },
            |_| {},
        )
        .unwrap();
        assert_eq!(kept.errors[0].message, "s3cr3t");
        let captured = captured();
        let id = captured.failure.id();
        let blank = prepare_with(captured, 3, |_| {}, |_| panic!("scrubber")).unwrap();
        assert_eq!((blank.id, blank.suppressed), (id, 3));
        assert!(!serde_json::to_string(&blank).unwrap().contains("s3cr3t"));
    }
}
