//! Strings: where they open and where they end, however deep their quotes are escaped.

use super::work;

/// A quote with the backslashes before it: `"`, `\"`, `\\\"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) byte: u8,
    pub(super) slashes: usize,
}

/// The quote that opens a string here, after prefixes like `b`, `r#`, and where it stands.
pub(super) fn opening_quote(
    bytes: &[u8],
    start: usize,
    enclosing: Option<Quote>,
) -> Option<(usize, Quote)> {
    let mut at = start;
    while at < start + 2
        && matches!(
            bytes.get(at),
            Some(b'b' | b'r' | b'u' | b'B' | b'R' | b'U' | b'f' | b'L' | b'N' | b'@' | b'$')
        )
    {
        at += 1;
    }
    while at > start && at < start + 6 && bytes.get(at) == Some(&b'#') {
        at += 1;
    }
    let first = at;
    while bytes.get(at) == Some(&b'\\') {
        at += 1;
    }
    let byte = *bytes
        .get(at)
        .filter(|byte| matches!(byte, b'"' | b'\'' | b'`'))?;
    let quote = Quote {
        byte,
        slashes: at - first,
    };
    // The enclosing string ends here.
    let ends = enclosing.is_some_and(|open| open.byte == byte && quote.slashes <= open.slashes);
    (!ends).then_some((at, quote))
}

/// Where the content of a string ends: at its own closing quote or at that of the enclosing string.
pub(super) fn closing_quote(
    bytes: &[u8],
    start: usize,
    quote: Quote,
    enclosing: Option<Quote>,
) -> Option<usize> {
    let end = find_closing_quote(bytes, start, quote, enclosing);
    work::note(end.unwrap_or(bytes.len()).saturating_sub(start));
    end
}

fn find_closing_quote(
    bytes: &[u8],
    start: usize,
    quote: Quote,
    enclosing: Option<Quote>,
) -> Option<usize> {
    let mut slashes = 0;
    for (index, &byte) in bytes.iter().enumerate().skip(start) {
        if byte == b'\\' {
            slashes += 1;
            continue;
        }
        if byte == quote.byte {
            let own = quote.slashes;
            if slashes >= own && ((slashes - own) / (own + 1)).is_multiple_of(2) {
                return Some(index - own);
            }
            if slashes < own {
                return Some(index - slashes);
            }
        } else if enclosing
            .is_some_and(|open| open.byte == byte && slashes <= open.slashes && open.byte == b'"')
        {
            return Some(index - slashes);
        }
        slashes = 0;
    }
    None
}
