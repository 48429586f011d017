//! Values without quotes, up to a separator, the end of the line, or the enclosing quote.

use super::extent::{Context, Extent, Kind, Stop};
use super::lines::skip_blanks;
use super::work;

/// An unquoted value from `start`, looked at from `from`.
pub(super) fn plain(bytes: &[u8], start: usize, from: usize, context: Context) -> Extent {
    let mut at = from;
    let mut slashes = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'\\'
            && context.enclosing.is_some()
            && slashes == 0
            && matches!(bytes.get(at + 1), Some(b'n' | b'r'))
            && bytes.get(at.wrapping_sub(1)) != Some(&b'\\')
        {
            break;
        }
        if byte == b'\\' {
            slashes += 1;
            at += 1;
            continue;
        }
        if context
            .enclosing
            .is_some_and(|open| open.byte == byte && slashes <= open.slashes)
        {
            let closes = byte != b'\'' || !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
            if closes {
                at -= slashes;
                break;
            }
        }
        slashes = 0;
        if ends_plain(bytes, start, at, context) {
            break;
        }
        at += 1;
    }
    work::note(at.saturating_sub(from));
    let mut end = at.max(from);
    if context.has_line {
        while end > from && matches!(bytes[end - 1], b' ' | b'\t' | b',' | b';') {
            end -= 1;
        }
    }
    Extent {
        hidden: start..end,
        kind: Kind::Plain,
    }
}

pub(super) fn ends_plain(bytes: &[u8], start: usize, at: usize, context: Context) -> bool {
    let next = bytes.get(at + 1).copied();
    let is_edge = |byte: Option<u8>| {
        byte.is_none_or(|byte| {
            byte.is_ascii_whitespace()
                || matches!(
                    byte,
                    b',' | b';'
                        | b'.'
                        | b')'
                        | b']'
                        | b'}'
                        | b'"'
                        | b'\''
                        | b'>'
                        | b'`'
                        | b'\\'
                        | b':'
                )
        })
    };
    match bytes[at] {
        b'\n' | b'\r' => true,
        b' ' | b'\t' if !context.has_line => true,
        b' ' => context.stop == Stop::AfterSpace && starts_pair(bytes, at + 1),
        b')' | b']' | b'}' => context.in_brackets && is_edge(next),
        b',' if context.has_line => {
            context.stop != Stop::Never && starts_pair(bytes, skip_blanks(bytes, at + 1))
        }
        b',' => is_edge(next) || (context.is_assignment && starts_pair(bytes, at + 1)),
        b';' if context.has_line => {
            context.is_assignment && starts_pair(bytes, skip_blanks(bytes, at + 1))
        }
        b';' => context.is_assignment && (is_edge(next) || starts_pair(bytes, at + 1)),
        b'&' => context.is_query || (context.is_assignment && starts_pair(bytes, at + 1)),
        b'?' => context.is_assignment && starts_pair(bytes, at + 1),
        b'<' => at > start && next == Some(b'/'),
        _ => false,
    }
}

/// Whether `name=`, `name = ` or `name:` starts here.
fn starts_pair(bytes: &[u8], start: usize) -> bool {
    let mut at = start + usize::from(matches!(bytes.get(start), Some(b'"' | b'\'')));
    let name = at;
    while at < start + 48
        && matches!(bytes.get(at), Some(byte) if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'[' | b']' | b'%'))
    {
        at += 1;
    }
    if at == name || bytes[name].is_ascii_digit() {
        return false;
    }
    at += usize::from(matches!(bytes.get(at), Some(b'"' | b'\'')));
    at = skip_blanks(bytes, at);
    matches!(bytes.get(at), Some(b'=' | b':')) && !matches!(bytes.get(at + 1), Some(b'/' | b'='))
}
