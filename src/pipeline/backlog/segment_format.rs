//! The format of a segment, a file with the reports of one write.
//!
//! Each report is a line of JSON. A line `-123` marks the report at byte 123 as done; once all are done, the file is
//! removed. These lines are not synced: if one is missing after a crash, its report is delivered twice.

use std::collections::HashSet;

use serde::Deserialize;
use uuid::Uuid;

const DONE: u8 = b'-';

/// A line with a report.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Line {
    pub(super) id: Uuid,
    /// Milliseconds since 1970.
    pub(super) timestamp: u64,
    pub(super) offset: u64,
    pub(super) len: u64,
}

/// What is in a segment.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The reports that are not marked as done.
    pub(super) lines: Vec<Line>,
    /// How many lines contain no report.
    pub(super) torn: usize,
}

/// The members of a report that are read to index it.
#[derive(Deserialize)]
struct Head {
    id: Uuid,
    timestamp: u64,
}

pub(super) fn index(bytes: &[u8]) -> Index {
    let mut index = Index::default();
    let mut done = HashSet::new();
    let mut next = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let offset = next;
        next += line.len() as u64;
        let text = line.trim_ascii_end();
        if text.first() == Some(&DONE) {
            done.extend(done_offset(text));
        } else if let Ok(Head { id, timestamp }) = serde_json::from_slice(text) {
            index.lines.push(Line {
                id,
                timestamp,
                offset,
                len: text.len() as u64,
            });
        } else {
            index.torn += 1;
        }
    }
    index.lines.retain(|line| !done.contains(&line.offset));
    index
}

fn done_offset(line: &[u8]) -> Option<u64> {
    std::str::from_utf8(&line[1..]).ok()?.parse().ok()
}

/// The line that marks the report at this offset as done.
pub(super) fn done_line(offset: u64) -> String {
    format!("{}{offset}\n", char::from(DONE))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(id: u128) -> String {
        format!(
            "{{\"id\":\"{}\",\"timestamp\":{id},\"more\":[]}}\n",
            Uuid::from_u128(id)
        )
    }

    fn ids(text: &str) -> (Vec<u128>, usize) {
        let Index { lines, torn } = index(text.as_bytes());
        (lines.iter().map(|line| line.id.as_u128()).collect(), torn)
    }

    #[test]
    fn a_segment_has_its_lines_but_for_those_that_are_done_with() {
        let (one, two) = (line(1), line(2));
        assert_eq!(ids(&format!("{one}{two}")), (vec![1, 2], 0));
        let done = done_line(one.len() as u64);
        assert_eq!(ids(&format!("{one}{two}{done}")), (vec![1], 0));
        let whole = format!("{one}{two}");
        let Index { lines, .. } = index(whole.as_bytes());
        let start = usize::try_from(lines[1].offset).unwrap();
        let len = usize::try_from(lines[1].len).unwrap();
        assert_eq!(&whole[start..start + len], two.trim_end());
    }

    #[test]
    fn lines_that_are_torn_cost_no_other() {
        let (one, two) = (line(1), line(2));
        assert_eq!(ids(&format!("{one}{}", &two[..20])), (vec![1], 1));
        assert_eq!(ids(&format!("{}\n{two}", &one[..20])), (vec![2], 1));
        assert_eq!(ids(&format!("{one}\0\0\0")), (vec![1], 1));
        assert_eq!(ids(&format!("{one}-1")), (vec![1], 0));
        // A last line without its end is whole nevertheless.
        assert_eq!(ids(one.trim_end()), (vec![1], 0));
        assert_eq!(ids(""), (vec![], 0));
    }
}
