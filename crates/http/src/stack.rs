//! The cause chain of a report with its backtraces, as trackers show them.

use std::borrow::Cow;
use std::sync::Arc;

use backstop::Report;
use backstop::report::{Frame, SourceLine, SourceLocation};
use serde_json::{Map, Value};

/// One error of the cause chain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exception<'a> {
    /// The Rust type; `Error` for an error that is only a text, and `panic` for a panic.
    pub class: &'a str,
    /// The message.
    pub message: &'a str,
    /// The frames, innermost first; may be empty.
    pub frames: Cow<'a, [Arc<Frame>]>,
}

/// The cause chain, outermost error first, and never empty: a report without an error has one exception without a
/// message.
///
/// The backtrace belongs to the outermost error. Any other error, and the outermost one if no backtrace was captured,
/// has a single frame: the source location where it was made, if it is known. Such a frame has no function and the
/// address 0.
#[must_use]
pub fn exceptions(report: &Report) -> Vec<Exception<'_>> {
    let class = report.origin.class();
    let mut exceptions: Vec<Exception<'_>> = report
        .errors
        .iter()
        .map(|error| Exception {
            class: error
                .type_name
                .as_deref()
                .filter(|name| !name.is_empty())
                .unwrap_or(class),
            message: &error.message,
            frames: error.location.iter().map(location).map(Arc::new).collect(),
        })
        .collect();
    if exceptions.is_empty() {
        exceptions.push(Exception {
            class,
            message: "",
            frames: Cow::Borrowed(&[]),
        });
    }
    if !report.frames.is_empty() {
        exceptions[0].frames = Cow::Borrowed(&report.frames);
    }
    exceptions
}

/// The source lines of a frame that are at most `distance` lines from the frame's own, in order.
pub fn source_near(frame: &Frame, distance: u32) -> impl Iterator<Item = &SourceLine> {
    let line = frame.line.unwrap_or_default();
    let lines = frame.source.iter();
    lines.filter(move |source| source.number.abs_diff(line) <= distance)
}

/// The lines of [`source_near`] as an object, by their numbers. `None` if there are none.
///
/// ```
/// use backstop::report::{Frame, SourceLine};
/// use backstop_http::stack::source_by_number;
/// use serde_json::json;
///
/// let mut frame = Frame::new(0).with_location("src/shop.rs", 8);
/// frame.source = vec![SourceLine::new(2, "use std::fmt;"), SourceLine::new(8, "order?;")];
/// let source = source_by_number(&frame, 3).map(serde_json::Value::from);
/// assert_eq!(source, Some(json!({"8": "order?;"})));
/// ```
#[must_use]
pub fn source_by_number(frame: &Frame, distance: u32) -> Option<Map<String, Value>> {
    let lines = source_near(frame, distance);
    let object: Map<String, Value> = lines
        .map(|source| (source.number.to_string(), source.text.as_str().into()))
        .collect();
    (!object.is_empty()).then_some(object)
}

fn location(location: &SourceLocation) -> Frame {
    let mut frame = Frame::new(0).with_location(location.file(), location.line());
    frame.column = Some(location.column());
    frame.in_app = true;
    frame
}
