//! The source lines around a frame's line.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;

#[cfg(feature = "frames")]
use crate::report::frame::Frame;
use crate::report::frame::SourceLine;

#[cfg(feature = "frames")]
/// The most lines above and below.
const MAX_AROUND: usize = 20;
/// The most characters of a line.
const MAX_LINE: usize = 240;
/// The most bytes of a file that are read.
const MAX_FILE: u64 = 4 * 1024 * 1024;

#[cfg(feature = "frames")]
/// Adds the source lines to one of the application's own frames.
pub(super) fn show(frame: &mut Frame, around: usize) {
    let around = u32::try_from(around.min(MAX_AROUND)).unwrap_or_default();
    if let (true, Some(file), Some(line)) = (frame.in_app, &frame.file, frame.line) {
        frame.source = excerpt(Path::new(file), line, around);
    }
}

/// Returns the lines around this one; none if the file does not exist or has no such line.
pub(crate) fn excerpt(path: &Path, line: u32, around: u32) -> Vec<SourceLine> {
    let first = line.saturating_sub(around).max(1);
    let last = line.saturating_add(around);
    let mut lines = Vec::new();
    // Opening anything else may block forever, as for a pipe without a writer.
    let Some(file) = path.is_file().then(|| File::open(path).ok()).flatten() else {
        return lines;
    };
    let mut source = BufReader::new(file.take(MAX_FILE));
    let mut bytes = Vec::new();
    for number in 1..=last {
        bytes.clear();
        match source.read_until(b'\n', &mut bytes) {
            Ok(1..) if number < first => {}
            Ok(1..) => lines.push(SourceLine {
                number,
                text: text(&bytes),
            }),
            Ok(0) | Err(_) => break,
        }
    }
    // A file that ends before this line is not the one that was compiled.
    if lines.iter().any(|it| it.number == line) {
        lines
    } else {
        Vec::new()
    }
}

fn text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.trim_end();
    let mut shown: String = text.chars().take(MAX_LINE).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_the_line_and_those_around_it() {
        let here = Path::new(file!());
        let line = line!();
        let lines = excerpt(here, line, 2);
        let numbers: Vec<u32> = lines.iter().map(|line| line.number).collect();
        assert_eq!(numbers, [line - 2, line - 1, line, line + 1, line + 2]);
        assert_eq!(lines[2].text, "        let line = line!();");
        let numbers = |line| excerpt(here, line, 1).into_iter().map(|line| line.number);
        assert_eq!(numbers(1).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(excerpt(here, line, 0).len(), 1);
    }

    #[test]
    fn what_is_not_there_is_not_shown() {
        assert!(excerpt(Path::new(file!()), 1_000_000, 5).is_empty());
        assert!(excerpt(Path::new("/no/such/file.rs"), 1, 5).is_empty());
        assert!(excerpt(Path::new("/"), 1, 5).is_empty());
    }

    #[test]
    fn a_long_line_is_cut() {
        let text = text("é".repeat(1000).as_bytes());
        assert_eq!(text.chars().count(), MAX_LINE + 1);
    }
}
