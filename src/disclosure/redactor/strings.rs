//! Values in quotes, and what is joined to them: `'a'\''b'`, `"a"b`.

use super::extent::{Context, Extent, Kind};
use super::lines::line_end;
use super::plain::ends_plain;
use super::quotes::{Quote, closing_quote};

/// A string, and what is joined to it: `'a'\''b'`, `"a"b`.
pub(super) fn string(
    text: &str,
    start: usize,
    (open, quote): (usize, Quote),
    context: Context,
) -> Extent {
    let bytes = text.as_bytes();
    let triple = quote.slashes == 0
        && bytes.get(open + 1) == Some(&quote.byte)
        && bytes.get(open + 2) == Some(&quote.byte);
    if triple {
        let mark = &text[open..open + 3];
        return match text[open + 3..].find(mark) {
            Some(length) => Extent {
                hidden: open + 3..open + 3 + length,
                kind: Kind::Quoted,
            },
            None => Extent {
                hidden: open + 3..text.len(),
                kind: Kind::Broken,
            },
        };
    }
    let Some(inner_end) = closing_quote(bytes, open + 1, quote, context.enclosing) else {
        // Cut off: nothing of it may leave.
        let end = match context.enclosing {
            _ if quote.byte == b'"' => bytes.len(),
            _ => line_end(bytes, open),
        };
        return Extent {
            hidden: open + 1..end,
            kind: Kind::Broken,
        };
    };
    let after = inner_end + quote.slashes + 1;
    match bytes.get(inner_end + quote.slashes) {
        Some(byte) if *byte == quote.byte => {}
        // The enclosing string ended first.
        _ => {
            return Extent {
                hidden: open + 1..inner_end,
                kind: Kind::Broken,
            };
        }
    }
    if goes_on(bytes, after, quote, context) {
        let end = joined(bytes, after, context);
        return Extent {
            hidden: start..end,
            kind: Kind::Broken,
        };
    }
    Extent {
        hidden: open + 1..inner_end,
        kind: Kind::Quoted,
    }
}

/// Where the strings and words end that are joined to each other.
fn joined(bytes: &[u8], mut at: usize, context: Context) -> usize {
    let context = Context {
        has_line: false,
        ..context
    };
    let is_enclosing = |byte| context.enclosing.is_some_and(|open| open.byte == byte);
    while let Some(&byte) = bytes.get(at) {
        at = match byte {
            b'\\' => (at + 2).min(bytes.len()),
            b'"' | b'\'' if !is_enclosing(byte) => {
                let end =
                    closing_quote(bytes, at + 1, Quote { byte, slashes: 0 }, context.enclosing);
                end.map_or_else(
                    || line_end(bytes, at),
                    |end| end + usize::from(bytes[end] == byte),
                )
            }
            _ if is_enclosing(byte) || ends_plain(bytes, at, at, context) => break,
            _ => at + 1,
        };
    }
    at
}

/// Whether a string is joined to what follows its closing quote.
fn goes_on(bytes: &[u8], after: usize, quote: Quote, context: Context) -> bool {
    match bytes.get(after) {
        Some(b'\\') if quote.byte == b'\'' && quote.slashes == 0 => {
            bytes.get(after + 1) == Some(&b'\'')
        }
        Some(byte @ (b'"' | b'\'')) => {
            !context
                .enclosing
                .is_some_and(|open| open.byte == *byte && open.slashes == 0)
                && quote.slashes == 0
        }
        Some(byte) => byte.is_ascii_alphanumeric() || !byte.is_ascii(),
        None => false,
    }
}
