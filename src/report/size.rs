//! What a report takes in memory: a backlog keeps so many bytes of reports.

use std::mem::size_of_val;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::breadcrumb::{Breadcrumb, LogLine};
use super::debug_image::DebugImage;
use super::frame::{Frame, SourceLine};
use super::report::Report;
use super::report_error::ReportError;
use super::request_parts::ReportRequest;
use crate::json::{size_of_map, size_of_value};
use crate::problem::MAX_DEPTH;

/// An entry of a map, besides its text: the handle of its key, its value, and its share of the nodes.
const ENTRY: usize = 64;
/// How deeply values are nested at most, with the object around them and the text inside.
const DEPTH: usize = MAX_DEPTH + 2;

impl Report {
    /// Estimates its size in memory, in bytes. Frames that other reports have too count as the handle to them.
    pub(crate) fn size(&self) -> usize {
        // Without `..`, so that no new field is forgotten.
        let Self {
            id: _,
            timestamp: _,
            severity: _,
            handled: _,
            origin: _,
            errors,
            frames,
            debug_images,
            request,
            response: _,
            transaction,
            user,
            attributes,
            metadata,
            feature_flags,
            breadcrumbs,
            logs,
            app,
            device,
            thread,
            trace_id,
            span_id,
            fingerprint,
            site,
            suppressed: _,
            trimmed,
        } = self;
        let user = user
            .iter()
            .flat_map(|user| [&user.id, &user.name, &user.email]);
        let app = app.iter();
        let app = app.flat_map(|app| [&app.name, &app.version, &app.release_stage]);
        let flags = feature_flags.iter();
        let thread = thread.iter().map(|thread| &thread.name);
        let device = device.iter();
        let texts = [transaction, trace_id, span_id, site].into_iter();
        let texts = texts.chain(user).chain(app).chain(thread);
        size_of::<Self>()
            + fingerprint.len()
            + texts.map(of_maybe).sum::<usize>()
            + device
                .map(|it| of_maybe(&it.hostname) + it.os.len() + it.arch.len())
                .sum::<usize>()
            + of_all(errors, of_error)
            + of_all(frames, |frame| of_shared(frame, of_frame))
            + of_all(debug_images, |image| of_shared(image, of_image))
            + request.as_ref().map_or(0, of_request)
            + attributes
                .iter()
                .map(|(key, value)| of_entry(key, value))
                .sum::<usize>()
            + metadata
                .iter()
                .map(|(section, map)| section.len() + of_map(map))
                .sum::<usize>()
            + flags
                .map(|flag| size_of_val(flag) + flag.name.len() + of_maybe(&flag.variant))
                .sum::<usize>()
            + of_all(breadcrumbs, of_breadcrumb)
            + of_all(logs, of_log_line)
            + of_all(trimmed, String::len)
    }
}

/// The items of a list, with what each has allocated.
fn of_all<T>(items: &[T], allocated: impl Fn(&T) -> usize) -> usize {
    size_of_val(items) + items.iter().map(allocated).sum::<usize>()
}

fn of_shared<T>(shared: &Arc<T>, allocated: impl Fn(&T) -> usize) -> usize {
    if Arc::strong_count(shared) > 1 {
        return 0;
    }
    size_of::<T>() + allocated(shared)
}

fn of_maybe(text: &Option<String>) -> usize {
    text.as_ref().map_or(0, String::len)
}

fn of_error(error: &ReportError) -> usize {
    let file = error
        .location
        .as_ref()
        .map_or(0, |location| location.file().len());
    of_maybe(&error.type_name) + error.message.len() + file
}

fn of_frame(frame: &Frame) -> usize {
    let source = |line: &SourceLine| line.text.len();
    of_maybe(&frame.function) + of_maybe(&frame.file) + of_all(&frame.source, source)
}

fn of_image(image: &DebugImage) -> usize {
    image.file.len() + of_maybe(&image.build_id)
}

fn of_request(request: &ReportRequest) -> usize {
    let headers = request.headers.iter();
    let headers = headers.map(|(name, value)| ENTRY + name.len() + value.len());
    request.method.len() + request.url.len() + of_maybe(&request.route) + headers.sum::<usize>()
}

fn of_entry(key: &str, value: &Value) -> usize {
    ENTRY + key.len() + of_value(value)
}

fn of_map(map: &Map<String, Value>) -> usize {
    of_json(size_of_map(map, DEPTH), map.len())
}

fn of_value(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
        Value::String(text) => text.len(),
        Value::Array(_) | Value::Object(_) => of_json(size_of_value(value, DEPTH), 1),
    }
}

/// Nested values: a node takes about four times what its shortest JSON does.
fn of_json(json: Option<usize>, values: usize) -> usize {
    // No report has deeper values.
    let json = json.unwrap_or_default();
    json.saturating_mul(4)
        .min(isize::MAX as usize / 4)
        .max(values * ENTRY)
}

fn of_breadcrumb(breadcrumb: &Breadcrumb) -> usize {
    breadcrumb.message.len() + of_map(&breadcrumb.data)
}

fn of_log_line(line: &LogLine) -> usize {
    line.message.len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn every_byte_that_an_application_adds_counts() {
        let text = "x".repeat(1000);
        let report = || Report::new(Uuid::nil(), ReportError::new("x"));
        let empty = report().size();
        let bigger: [fn(&mut Report, &str); 8] = [
            |report, text| report.errors[0].message.push_str(text),
            |report, text| report.fingerprint.push_str(text),
            |report, text| drop(report.attributes.insert("x".to_owned(), text.into())),
            |report, text| {
                let section = report.metadata.entry("x".to_owned()).or_default();
                section.insert("x".to_owned(), json!([text]));
            },
            |report, text| report.request = Some(ReportRequest::new("GET", text)),
            |report, text| report.breadcrumbs.push(Breadcrumb::new(text.to_owned())),
            |report, text| report.trimmed.push(text.to_owned()),
            |report, text| {
                report
                    .frames
                    .push(Arc::new(Frame::new(1).with_function(text)))
            },
        ];
        for (index, add) in bigger.iter().enumerate() {
            let mut report = report();
            add(&mut report, &text);
            assert!(report.size() >= empty + text.len(), "{index}");
        }
    }

    #[test]
    fn a_frame_that_reports_share_counts_as_the_handle_to_it() {
        let mut report = Report::new(Uuid::nil(), ReportError::new("x"));
        let empty = report.size();
        let shared = Arc::new(Frame::new(1).with_function("x".repeat(1000)));
        report.frames = vec![Arc::clone(&shared); 100];
        assert_eq!(report.size(), empty + 100 * size_of::<Arc<Frame>>());
    }
}
