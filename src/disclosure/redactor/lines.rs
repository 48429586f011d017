//! Lines and their indentation.

use super::work;

/// How many bytes of a value are examined to find out whether it is harmless.
pub(super) const LIMIT: usize = 256;

pub(super) fn at_line_end(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at), None | Some(b'\n' | b'\r'))
}

pub(super) fn skip_indicator(bytes: &[u8], mut at: usize) -> usize {
    at += 1;
    while matches!(bytes.get(at), Some(b'-' | b'+' | b'0'..=b'9')) {
        at += 1;
    }
    skip_blanks(bytes, at)
}

/// Past the line break here.
pub(super) fn skip_break(bytes: &[u8], at: usize) -> usize {
    let at = at + usize::from(bytes.get(at) == Some(&b'\r'));
    at + usize::from(bytes.get(at) == Some(&b'\n'))
}

pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    let is_inside = |byte: &&u8| !matches!(byte, b'\n' | b'\r');
    let length = bytes[at..].iter().take_while(is_inside).count();
    work::note(length);
    at + length
}

/// The blanks that start the line of `at`, which is looked for no further than `LIMIT`.
pub(super) fn indentation(bytes: &[u8], at: usize) -> usize {
    let is_inside = |byte: &&u8| **byte != b'\n';
    let start = at
        - bytes[..at]
            .iter()
            .rev()
            .take(LIMIT)
            .take_while(is_inside)
            .count();
    let mut indent = skip_blanks(bytes, start) - start;
    // `- name: …`: the list's mark belongs to the indentation.
    if bytes.get(start + indent) == Some(&b'-') && bytes.get(start + indent + 1) == Some(&b' ') {
        indent += 2;
    }
    indent
}

/// The end of the lines that are indented so far; empty ones belong to them.
pub(super) fn lines(bytes: &[u8], start: usize, indent: usize) -> usize {
    let mut end = line_end(bytes, start);
    loop {
        let mut line = skip_break(bytes, end);
        while line < bytes.len() && at_line_end(bytes, line) {
            line = skip_break(bytes, line);
        }
        let first = skip_blanks(bytes, line);
        // Deeper blocks are one line, so that nesting costs no more than its length.
        if line >= bytes.len() || first - line < indent || indent > 64 {
            return end;
        }
        end = line_end(bytes, first);
    }
}

pub(super) fn skip_blanks(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// Where the PEM block ends that starts here: after its last line, or with the text.
pub(super) fn pem_end(text: &str, start: usize) -> usize {
    let end = text[start..].find("-----END");
    work::note(end.unwrap_or(text.len() - start));
    end.map_or(text.len(), |end| {
        let end = start + end + 8;
        let is_label = |byte: &&u8| byte.is_ascii_uppercase() || matches!(byte, b' ' | b'-');
        end + text.as_bytes()[end..]
            .iter()
            .take(48)
            .take_while(is_label)
            .count()
    })
}
