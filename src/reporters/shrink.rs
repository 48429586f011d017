//! Shrinks reports to the size limit of a receiver.

use std::sync::Arc;

use serde_json::Value;

use super::visit::{each_text, each_value};
use crate::report::debug_image::DebugImage;
use crate::report::report::Report;
use crate::text::prefix;

/// The form in which a reporter sends a report, whose size [`shrink_to`] measures.
pub trait Rendered {
    /// Returns the size in bytes, as the receiver counts them.
    fn byte_len(&self) -> usize;
}

impl Rendered for Vec<u8> {
    fn byte_len(&self) -> usize {
        self.len()
    }
}

impl Rendered for String {
    fn byte_len(&self) -> usize {
        self.len()
    }
}

/// Renders a report in at most `max_bytes`, leaving out as little of it as possible.
///
/// `render` is called with the whole report and then, while the result is too large, with less and less of it. The
/// least useful parts go first: the ends of long texts, long lists, source lines, metadata, the middle of the
/// backtrace, old breadcrumbs and log lines, the middle of the cause chain. [`Report::trimmed`] lists what was left
/// out, so that a receiver can show it.
///
/// Returns `None` if even the smallest form is too large. Any report fits into 64,000 bytes of JSON.
///
/// ```
/// use backstop::Report;
/// use backstop::reporters::shrink_to;
///
/// const MAX_BYTES: usize = 1_000_000;
///
/// fn body(report: &Report) -> Option<Vec<u8>> {
///     shrink_to(report, MAX_BYTES, |report| serde_json::to_vec(report).unwrap_or_default())
/// }
/// ```
pub fn shrink_to<T: Rendered>(
    report: &Report,
    max_bytes: usize,
    render: impl Fn(&Report) -> T,
) -> Option<T> {
    let rendered = render(report);
    if rendered.byte_len() <= max_bytes {
        return Some(rendered);
    }
    let mut report = report.clone();
    for stage in STAGES {
        stage(&mut report);
        let rendered = render(&report);
        if rendered.byte_len() <= max_bytes {
            return Some(rendered);
        }
    }
    None
}

type Stage = fn(&mut Report);

const STAGES: [Stage; 13] = [
    |report| texts(report, 4_096),
    lists,
    source,
    |report| texts(report, 1_024),
    metadata,
    |report| frames(report, 30),
    |report| breadcrumbs(report, 20),
    |report| causes(report, 5),
    |report| texts(report, 256),
    attributes,
    |report| breadcrumbs(report, 0),
    |report| frames(report, 5),
    |report| texts(report, 64),
];

fn texts(report: &mut Report, max: usize) {
    let mut was_cut = false;
    each_text(report, &mut |text| was_cut |= shorten(text, max));
    if was_cut {
        report
            .trimmed
            .push(format!("texts, after {max} bytes each"));
    }
}

fn lists(report: &mut Report) {
    const MAX: usize = 32;
    let mut was_cut = false;
    each_value(report, &mut |value| {
        if let Value::Array(items) = value {
            was_cut |= items.len() > MAX;
            items.truncate(MAX);
        }
    });
    if was_cut {
        report
            .trimmed
            .push(format!("lists, after {MAX} items each"));
    }
}

fn source(report: &mut Report) {
    let had = report.frames.iter().any(|frame| !frame.source.is_empty());
    for frame in report.frames.iter_mut().map(Arc::make_mut) {
        frame.source.clear();
    }
    if had {
        report.trimmed.push("source".to_owned());
    }
}

fn metadata(report: &mut Report) {
    let names: Vec<String> = report.metadata.keys().cloned().collect();
    for mut name in names.into_iter().take(16) {
        shorten(&mut name, 64);
        report.trimmed.push(format!("metadata {name}"));
    }
    report.metadata.clear();
}

/// Two thirds of the frames that stay are the innermost, the rest the outermost.
fn frames(report: &mut Report, max: usize) {
    if let Some(gone) = cut_middle(&mut report.frames, max, max * 2 / 3) {
        report
            .trimmed
            .push(format!("{gone} frames in the middle of the backtrace"));
    }
    let frames = &report.frames;
    let is_used = |image: &DebugImage| frames.iter().any(|it| image.contains(it.address));
    report.debug_images.retain(|image| is_used(image));
}

fn breadcrumbs(report: &mut Report, max: usize) {
    let (crumbs, lines) = (report.breadcrumbs.len(), report.logs.len());
    report.breadcrumbs.drain(..crumbs.saturating_sub(max));
    report.logs.drain(..lines.saturating_sub(max));
    for (gone, what) in [
        (crumbs.saturating_sub(max), "breadcrumbs"),
        (lines.saturating_sub(max), "log lines"),
    ] {
        if gone > 0 {
            report.trimmed.push(format!("the oldest {gone} {what}"));
        }
    }
}

/// Keeps the outermost errors and the root cause.
fn causes(report: &mut Report, max: usize) {
    if let Some(gone) = cut_middle(&mut report.errors, max, max - 1) {
        report
            .trimmed
            .push(format!("{gone} causes in the middle of the chain"));
    }
}

fn attributes(report: &mut Report) {
    let (attributes, flags) = (report.attributes.len(), report.feature_flags.len());
    report.attributes.clear();
    report.feature_flags.clear();
    if let Some(request) = &mut report.request {
        request.headers.clear();
    }
    report.trimmed.push(format!(
        "{attributes} attributes, {flags} feature flags, the request's headers"
    ));
    for note in &mut report.trimmed {
        shorten(note, 256);
    }
    let surplus = report.trimmed.len().saturating_sub(32);
    report.trimmed.drain(..surplus);
}

/// Keeps `max` items, `first` of them from the start; returns how many were removed.
fn cut_middle<T>(items: &mut Vec<T>, max: usize, first: usize) -> Option<usize> {
    let gone = items.len().checked_sub(max).filter(|gone| *gone > 0)?;
    items.drain(first..first + gone);
    Some(gone)
}

/// Cuts a text to at most `max` bytes and marks the end; returns whether anything was cut.
fn shorten(text: &mut String, max: usize) -> bool {
    const MARK: &str = "…";
    if text.len() <= max {
        return false;
    }
    let end = prefix(text, max - MARK.len()).len();
    text.truncate(end);
    text.push_str(MARK);
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn render(report: &Report) -> Vec<u8> {
        serde_json::to_vec(report).unwrap()
    }

    fn report(fill: impl FnOnce(&mut Value)) -> Report {
        let mut report = json!({
            "id": "01890a5d-ac96-774b-bcce-b302099a8057", "timestamp": 1, "severity": "error",
            "handled": false, "origin": "handler", "fingerprint": "f",
            "errors": [{"type": "a::Top", "message": "top"}, {"type": "a::Root", "message": "root"}],
        });
        fill(&mut report);
        serde_json::from_value(report).unwrap()
    }

    #[test]
    fn a_report_that_fits_to_the_byte_is_unchanged_and_one_byte_less_cuts_it_at_a_character() {
        let report = report(|report| report["errors"][0]["message"] = "é".repeat(3_000).into());
        let whole = render(&report);
        assert_eq!(shrink_to(&report, whole.len(), render), Some(whole.clone()));
        let cut = shrink_to(&report, whole.len() - 1, render).unwrap();
        assert!(cut.len() < whole.len());
        let cut: Report = serde_json::from_slice(&cut).unwrap();
        assert_eq!(
            cut.errors[0].message,
            format!("{}…", "é".repeat((4_096 - 3) / 2))
        );
        assert_eq!(cut.trimmed, ["texts, after 4096 bytes each"]);
    }

    #[test]
    fn metadata_goes_before_frames_and_the_root_cause_stays() {
        let report = report(|report| {
            let errors =
                (0..50).map(|index| json!({"message": format!("{index} {}", "m".repeat(900))}));
            report["errors"] = errors.collect();
            report["metadata"] = json!({"cart": {"text": vec!["x".repeat(1_000); 20]}});
            let frames = (0..200_u64).map(
                |index| json!({"function": "f".repeat(100), "address": index, "in_app": true}),
            );
            report["frames"] = frames.collect();
        });
        let bytes = shrink_to(&report, 20_000, render).unwrap();
        let fitted: Report = serde_json::from_slice(&bytes).unwrap();
        assert!(bytes.len() <= 20_000);
        let starts = |index: usize, start: &str| fitted.errors[index].message.starts_with(start);
        assert!(fitted.errors.len() == 5 && starts(0, "0 ") && starts(4, "49 "));
        assert_eq!(
            (fitted.frames.len(), fitted.frames[29].address),
            (30, 199),
            "the ends are kept"
        );
        assert_eq!(
            fitted.trimmed,
            [
                "metadata cart",
                "170 frames in the middle of the backtrace",
                "45 causes in the middle of the chain",
            ]
        );
    }

    #[test]
    fn the_worst_report_fits_into_64_kilobytes() {
        let long = "\u{1}".repeat(20_000);
        let report = report(|report| {
            report["errors"] = vec![json!({"type": long, "message": long, "at": long}); 100].into();
            report["frames"] =
                vec![json!({"function": long, "file": long, "address": 1, "in_app": true}); 50]
                    .into();
            report["request"] = json!({"method": long, "url": long, "route": long, "headers": {long.clone(): long}});
            report["user"] = json!({"id": long, "name": long, "email": long});
            report["app"] = json!({"name": long, "version": long, "release_stage": long});
            report["device"] = json!({"hostname": long, "os": long, "arch": long});
            report["attributes"] = json!({long.clone(): long});
            report["metadata"] = json!({long.clone(): {long.clone(): long}});
            report["trimmed"] = vec![json!(long); 40].into();
            for key in ["fingerprint", "transaction", "trace_id", "span_id"] {
                report[key] = long.clone().into();
            }
        });
        let bytes = shrink_to(&report, 64_000, render).unwrap();
        assert!(bytes.len() <= 64_000);
    }
}
