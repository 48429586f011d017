//! Lines of source code, where only literals are values.

use super::cursor::Cursor;
use super::extent::Context;
use super::key::Sense;
use super::lines::LIMIT;
use super::{lines, quotes};

/// Hides the literal that the expression at `at` starts with; returns where to go on.
pub(super) fn literal(cursor: &mut Cursor<'_>, sense: Sense, at: usize) -> usize {
    let bytes = cursor.bytes();
    let context = Context::default();
    let mut start = at;
    while start < at + LIMIT && bytes.get(start).is_some_and(|byte| is_expression(*byte)) {
        if cursor.starts_word(start)
            && quotes::opening_quote(bytes, start, context.enclosing).is_some()
        {
            break;
        }
        start += 1;
    }
    let Some((open, quote)) = quotes::opening_quote(bytes, start, context.enclosing) else {
        let start = lines::skip_blanks(bytes, at);
        let digits = cursor.word_at(start, b"_");
        let is_number =
            sense == Sense::Secret && digits.starts_with(|first: char| first.is_ascii_digit());
        return if is_number {
            cursor.hide(start..start + digits.len())
        } else {
            at
        };
    };
    let end = quotes::closing_quote(bytes, open + 1, quote, None).unwrap_or(bytes.len());
    // The name of a variable is not its value.
    let is_variable = cursor.text[at..open].contains("env");
    if is_variable || end == open + 1 {
        return at;
    }
    cursor.hide(open + 1..end);
    (end + quote.slashes + 1).min(bytes.len())
}

const fn is_expression(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b' ' | b'_' | b':' | b'(' | b'&' | b'*' | b'<' | b'>' | b'='
        )
}
