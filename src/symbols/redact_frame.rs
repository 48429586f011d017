//! Redacts a frame, once for all reports that share it.

use crate::disclosure::Redactor;
use crate::report::frame::{Frame, SourceLine};

/// Redacts the texts of a frame. The frame is destructured without `..`, so that no new field is forgotten.
pub(crate) fn redact_frame(redactor: &Redactor, frame: &mut Frame) {
    let Frame {
        function,
        file,
        source,
        line: _,
        column: _,
        address: _,
        in_app: _,
    } = frame;
    for text in [function, file].into_iter().flatten() {
        redactor.string(text);
    }
    for SourceLine { text, number: _ } in source {
        *text = redactor.source(text).into_owned();
    }
}
