//! Groups: `[…]`, `Some(…)`, `Config { … }`.

use super::quotes::{Quote, closing_quote};
use super::work;

/// The opening bracket of the group that starts here, after a name and its space: `Some(`, `Creds {`, `map[`.
pub(super) fn opening_bracket(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start;
    while at < start + 2 && matches!(bytes.get(at), Some(b'&' | b'#' | b'%')) {
        at += 1;
    }
    let name = at;
    while at < name + 64
        && matches!(bytes.get(at), Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':'))
    {
        at += 1;
    }
    let is_name = at > name && !bytes[name].is_ascii_digit();
    if is_name
        && bytes.get(at) == Some(&b' ')
        && bytes.get(at + 1) == Some(&b'{')
        && bytes[name].is_ascii_uppercase()
    {
        return Some(at + 1);
    }
    match bytes.get(at) {
        Some(b'[' | b'(') => Some(at),
        Some(b'{') if at == name || is_name => Some(at),
        _ => None,
    }
}

/// The end of a group: past the bracket that closes it, or at the end of the enclosing string or text.
pub(super) fn group(bytes: &[u8], open: usize, enclosing: Option<Quote>) -> usize {
    let end = group_end(bytes, open, enclosing);
    work::note(end - open);
    end
}

fn group_end(bytes: &[u8], open: usize, enclosing: Option<Quote>) -> usize {
    let (mut depth, mut slashes, mut at) = (0_usize, 0, open);
    while at < bytes.len() {
        let byte = bytes[at];
        match byte {
            b'\\' => {
                slashes += 1;
                at += 1;
                continue;
            }
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            b'"' | b'\''
                if enclosing.is_some_and(|open| open.byte == byte && slashes <= open.slashes) =>
            {
                return at - slashes;
            }
            b'"' | b'\'' => {
                let opens = byte == b'"' || !bytes[at - 1].is_ascii_alphanumeric();
                let quote = Quote { byte, slashes };
                match closing_quote(bytes, at + 1, quote, enclosing) {
                    Some(end) if opens => {
                        // At the enclosing quote the next turn ends.
                        at = if bytes.get(end + slashes) == Some(&byte) {
                            end + slashes
                        } else {
                            end.saturating_sub(1).max(at)
                        };
                    }
                    None if opens && byte == b'"' => return bytes.len(),
                    _ => {}
                }
            }
            _ => {}
        }
        slashes = 0;
        at += 1;
    }
    bytes.len()
}
