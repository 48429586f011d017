//! Fingerprints, which group reports of the same bug.

use super::report::{FINGERPRINT_VERSION, Report};
use super::source_file;
use super::text_template::text_template;
use crate::error::{Failure, GroupingPart, Origin};
use crate::text::{fnv1a, prefix};

/// The longest fingerprint, in bytes.
pub(crate) const MAX_FINGERPRINT: usize = 200;
/// How many bytes of it can be read; a hash follows.
const READABLE: usize = 160;

/// The default fingerprint. It is made of what belongs to the bug and survives edits, another machine and another
/// build: the types of the cause chain with their variants and codes, the templates of errors that are only a text,
/// literal contexts, the file of the source location, and the route. Functions, frames and lines are left out, because
/// they depend on the build.
///
/// Names can be read; texts are part of the hash alone, so that nothing secret can be in it.
pub(super) fn fingerprint(report: &Report, failure: &Failure) -> String {
    let parts = failure.repr().grouping();
    let mut names: Vec<String> = parts.iter().filter_map(name).collect();
    // The type of a rejection, which is known from its event.
    let of_report = report.errors.first();
    let of_report = of_report.and_then(|error| error.type_name.as_deref());
    if let (true, Some(name)) = (names.is_empty(), of_report) {
        names.push(name.to_owned());
    }
    let names = names.join(" < ");
    let mut locations = report
        .errors
        .iter()
        .filter_map(|error| error.location.as_ref());
    let file = locations.find_map(source_file::normalized);
    let request = report.request.as_ref();
    let route = request.and_then(|request| request.route.as_deref());
    let readable: Vec<&str> = [Some(&*names), file.as_deref(), route]
        .into_iter()
        .flatten()
        .filter(|part| !part.is_empty())
        .collect();

    let code = failure.code().map(|code| code.to_string());
    let texts = parts.iter().filter_map(text);
    let mut hashed = vec![names.clone()];
    for part in [file.as_deref(), route, code.as_deref()] {
        hashed.push(part.unwrap_or_default().to_owned());
    }
    hashed.extend(texts);
    hashed.extend(logged_texts(report));
    let hash = fnv1a(&hashed.join("\u{1f}"));
    format!(
        "{FINGERPRINT_VERSION}{} {hash:016x}",
        prefix(&readable.join(" "), READABLE)
    )
}

/// The templates of the errors that were logged before a bare response, which has none of its own and no location.
fn logged_texts(report: &Report) -> impl Iterator<Item = String> {
    let is_logged = report.origin == Origin::Response
        && (report.errors.first()).is_some_and(|error| error.location.is_some());
    let errors = is_logged.then_some(&report.errors).into_iter().flatten();
    errors.map(|error| format!("text {}", text_template(&error.message)))
}

/// The name of a type with its variant.
fn name(part: &GroupingPart) -> Option<String> {
    let GroupingPart::Kind { type_name, variant } = part else {
        return None;
    };
    match (type_name, variant) {
        (Some(name), Some(variant)) if !is_named(name, variant) => {
            Some(format!("{name}::{variant}"))
        }
        (Some(name), _) => Some((*name).to_owned()),
        (None, variant) => variant.clone(),
    }
}

/// Whether the variant is the name of the type itself, as for a struct.
fn is_named(type_name: &str, variant: &str) -> bool {
    let path = type_name.split('<').next().unwrap_or(type_name);
    path.rsplit("::").next() == Some(variant)
}

fn text(part: &GroupingPart) -> Option<String> {
    Some(match part {
        GroupingPart::Context(text) => format!("context {text}"),
        GroupingPart::Text(text) => format!("text {}", text_template(text)),
        GroupingPart::Status(status) => format!("status {status}"),
        GroupingPart::Kind { .. } => return None,
    })
}

/// Where the report's failure happened: the first source location, else that of the application's innermost frame, and
/// the function if a frame says it.
pub(crate) fn site(report: &Report) -> Option<String> {
    let mut locations = report
        .errors
        .iter()
        .filter_map(|error| error.location.as_ref());
    let location = locations.find(|location| !location.is_in_std());
    let frame = report.frames.iter().find(|frame| match location {
        Some(location) => {
            frame.file.as_deref() == Some(location.file()) && frame.line == Some(location.line())
        }
        None => frame.in_app && frame.file.is_some(),
    });
    let at = match (location, frame) {
        (Some(location), _) => location.to_string(),
        (None, frame) => {
            let frame = frame?;
            let line = frame.line.map(|line| format!(":{line}"));
            let column = line.as_ref().and(frame.column);
            let column = column.map(|column| format!(":{column}"));
            let file = frame.file.clone();
            [file, line, column].into_iter().flatten().collect()
        }
    };
    let function = frame.and_then(|frame| frame.function.as_deref());
    Some(match function {
        Some(function) => format!("{at} in {function}"),
        None => at,
    })
}

/// Bounds the length of a fingerprint: one that is too long is cut, and a hash of the whole distinguishes it
/// from others with the same start.
pub(crate) fn bounded_fingerprint(fingerprint: String) -> String {
    if fingerprint.len() <= MAX_FINGERPRINT {
        return fingerprint;
    }
    let hash = fnv1a(&fingerprint);
    format!("{} {hash:016x}", prefix(&fingerprint, READABLE))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::backtrace::SourceLocation;
    use crate::report::report_error::ReportError;

    #[test]
    fn a_site_has_the_function_whose_frame_it_is() {
        let mut report = Report::new(
            Uuid::nil(),
            ReportError::new("broken").with_location(SourceLocation::new("src/stock.rs", 12, 5)),
        );
        assert_eq!(site(&report).as_deref(), Some("src/stock.rs:12:5"));
        let frame = |file: &str, line| {
            let frame = serde_json::json!({"file": file, "line": line, "function": "shop::load", "address": 1, "in_app": true});
            serde_json::from_value(frame).unwrap()
        };
        report.frames = vec![frame("src/main.rs", 12), frame("src/stock.rs", 12)];
        let expected = "src/stock.rs:12:5 in shop::load";
        assert_eq!(site(&report).as_deref(), Some(expected));
        report.errors[0].location = None;
        let expected = "src/main.rs:12 in shop::load";
        assert_eq!(site(&report).as_deref(), Some(expected));
    }

    #[test]
    fn long_fingerprints_that_differ_stay_different() {
        let [one, other] = ["a", "b"].map(|end| bounded_fingerprint("é".repeat(200) + end));
        assert_ne!(one, other);
        assert!(one.len() <= MAX_FINGERPRINT && other.len() <= MAX_FINGERPRINT);
    }
}
