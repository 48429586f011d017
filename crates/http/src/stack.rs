//! The cause chain of a report with its stacks, as trackers show them.

use std::borrow::Cow;

use backstop::Report;
use backstop::report::Frame;

/// One error of the cause chain.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Exception<'a> {
    /// The Rust type. For an error that is only a text, `Error`; for a panic, `panic`.
    pub class: &'a str,
    /// The message.
    pub message: &'a str,
    /// The stack, innermost frame first; may be empty.
    pub frames: Cow<'a, [Frame]>,
}

/// The cause chain, outermost error first, and never empty: a report without an error has one exception without a
/// message.
///
/// The backtrace belongs to the outermost error. Any other error, and that one if no backtrace was taken, has a single
/// frame: the source location where it was made, if it is known. Such a frame has no function and the address 0.
#[must_use]
pub fn exceptions(report: &Report) -> Vec<Exception<'_>> {
    let class = report.mechanism.class();
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
            frames: error.at.iter().map(|at| location(at)).collect(),
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

fn location(at: &str) -> Frame {
    let mut frame = Frame::default();
    let mut parts = at.rsplitn(3, ':');
    let (column, line, file) = (parts.next(), parts.next(), parts.next());
    frame.in_app = true;
    match (file, line.map(str::parse), column.map(str::parse)) {
        (Some(file), Some(Ok(line)), Some(Ok(column))) => {
            frame.file = Some(file.to_owned());
            (frame.line, frame.column) = (Some(line), Some(column));
        }
        _ => frame.file = Some(at.to_owned()),
    }
    frame
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn source_locations_are_taken_apart_and_others_are_files() {
        let parts = |at| {
            let frame = location(at);
            (frame.file.unwrap(), frame.line, frame.column)
        };
        let at = |file: &str, line, column| (file.to_owned(), Some(line), Some(column));
        assert_eq!(parts("src/a.rs:12:5"), at("src/a.rs", 12, 5));
        assert_eq!(parts(r"C:\a.rs:1:2"), at(r"C:\a.rs", 1, 2));
        assert_eq!(parts("somewhere"), ("somewhere".to_owned(), None, None));
    }
}
