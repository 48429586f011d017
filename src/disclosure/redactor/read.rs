//! Where a value ends, by its grammar. Nothing here judges a value; every function is total, and bounded by what it
//! returns.

use super::brackets::{group, opening_bracket};
use super::edit::REDACTED;
use super::extent::{Context, Extent, Kind};
use super::lines::{
    at_line_end, indentation, lines, pem_end, skip_blanks, skip_break, skip_indicator,
};
use super::plain::plain;
use super::quotes::opening_quote;
use super::strings::string;

/// The value that starts at `at`, or `None` if there is none.
pub(super) fn value(text: &str, at: usize, context: Context) -> Option<Extent> {
    let bytes = text.as_bytes();
    let start = skip_blanks(bytes, at);
    if start > at && bytes.get(start) == Some(&b'*') && bytes.get(start + 1) == Some(&b'*') {
        return value(text, start + 2, context);
    }
    if at_line_end(bytes, start) {
        return next_lines(text, at, start, context);
    }
    if matches!(bytes[start], b'|' | b'>') && at_line_end(bytes, skip_indicator(bytes, start)) {
        return block(bytes, at, skip_indicator(bytes, start));
    }
    Some(inline(text, start, context))
}

/// A value on the line of its key.
fn inline(text: &str, start: usize, context: Context) -> Extent {
    let bytes = text.as_bytes();
    if text[start..].starts_with(REDACTED) {
        return plain(bytes, start, start + REDACTED.len(), context);
    }
    if text[start..].starts_with("-----BEGIN") {
        return Extent {
            hidden: start..pem_end(text, start),
            kind: Kind::Broken,
        };
    }
    // PHP: `string(7) "…"`
    let start = match text[start..]
        .strip_prefix("string(")
        .and_then(|rest| rest.find(") ").filter(|digits| *digits < 12))
    {
        Some(digits) => start + 7 + digits + 2,
        None => start,
    };
    if let Some(quote) = opening_quote(bytes, start, context.enclosing) {
        return string(text, start, quote, context);
    }
    if let Some(open) = opening_bracket(bytes, start) {
        let end = group(bytes, open, context.enclosing);
        return Extent {
            hidden: start..end,
            kind: Kind::Group,
        };
    }
    plain(bytes, start, start, context)
}

/// A value that starts on the line after its key, further to the right (or as a list).
fn next_lines(text: &str, at: usize, end_of_line: usize, context: Context) -> Option<Extent> {
    let bytes = text.as_bytes();
    let line = skip_break(bytes, end_of_line);
    let start = skip_blanks(bytes, line);
    if at_line_end(bytes, start) {
        return None;
    }
    let own = indentation(bytes, at);
    let is_list = bytes[start] == b'-' && bytes.get(start + 1) == Some(&b' ');
    if start - line <= own && !(is_list && start - line + 2 >= own) {
        return None;
    }
    if opening_quote(bytes, start, context.enclosing).is_some()
        || opening_bracket(bytes, start).is_some()
    {
        return Some(inline(text, start, context));
    }
    Some(Extent {
        hidden: start..lines(bytes, start, start - line),
        kind: Kind::Block,
    })
}

/// `key: |` and the lines below it.
fn block(bytes: &[u8], at: usize, end_of_line: usize) -> Option<Extent> {
    let line = skip_break(bytes, end_of_line);
    let start = skip_blanks(bytes, line);
    if at_line_end(bytes, start) || start - line <= indentation(bytes, at) {
        return None;
    }
    Some(Extent {
        hidden: start..lines(bytes, start, start - line),
        kind: Kind::Block,
    })
}
