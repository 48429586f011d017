//! The key before a separator.

use std::borrow::Cow;

use super::cursor::Cursor;
use super::key::Sense;

/// A key and how it is written.
pub(super) struct Key<'a> {
    pub(super) name: Cow<'a, str>,
    /// Where it starts, without its quote.
    pub(super) start: usize,
    /// The quote around it, with its backslashes.
    pub(super) quote: &'a str,
    /// One of the columns that Postgres lists before their values.
    pub(super) is_column: bool,
}

/// `=`, `:`, `=>`: its ends, and whether a blank is beside it.
#[derive(Clone, Copy)]
pub(super) struct Separator {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) is_colon: bool,
    pub(super) is_spaced: bool,
}

/// The separator at `at`, or where to go on if there is none.
pub(super) fn separator(bytes: &[u8], at: usize) -> Result<Separator, usize> {
    let run = |byte: u8| bytes[at..].iter().take_while(|next| **next == byte).count();
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let (mut start, mut end, mut is_colon) = (at, at + 1, false);
    match bytes[at] {
        b':' if run(b':') > 1 => return Err(at + run(b':')),
        b':' if bytes.get(at + 1) == Some(&b'=') => end += 1,
        b':' => is_colon = true,
        b'=' if run(b'=') > 3 => return Err(at + run(b'=')),
        b'=' => {
            end = at + run(b'=');
            end += usize::from(matches!(bytes.get(end), Some(b'>' | b'~')));
            start -= usize::from(matches!(before, Some(b'!' | b'~')));
        }
        b'>' if before == Some(b'-') => start -= 1,
        // A full-width colon or equals sign.
        0xEF if matches!(bytes.get(at + 1..at + 3), Some([0xBC, 0x9A | 0x9D])) => {
            end += 2;
            is_colon = true;
        }
        _ => return Err(at + 1),
    }
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t' | b'\n' | b'\r'));
    let is_spaced = is_blank(bytes.get(end)) || (!is_colon && is_blank(bytes[..start].last()));
    Ok(Separator {
        start,
        end,
        is_colon,
        is_spaced,
    })
}

/// The key that ends before the separator.
pub(super) fn key<'a>(cursor: &Cursor<'a>, separator: Separator) -> Option<Key<'a>> {
    let behind = cursor.behind(separator.start);
    let is_gap = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'*');
    let end = separator.start - behind.iter().rev().take_while(is_gap).count();
    match *cursor.behind(end) {
        [.., b'"' | b'\'' | b'`'] => quoted(cursor, end - 1),
        // `headers["authorization"]`
        [.., b'"' | b'\'', b']' | b')'] => quoted(cursor, end - 2),
        [.., b')'] => columns(cursor, end - 1, separator.end),
        _ => plain(cursor, end, separator),
    }
}

fn plain<'a>(cursor: &Cursor<'a>, end: usize, separator: Separator) -> Option<Key<'a>> {
    let bytes = cursor.bytes();
    let is_part = |byte: &&u8| {
        byte.is_ascii_alphanumeric()
            || !byte.is_ascii()
            || matches!(byte, b'_' | b'-' | b'.' | b'$' | b'[' | b']' | b'%')
    };
    let length = cursor.behind(end).iter().rev().take_while(is_part).count();
    let mut start = end - length;
    while !cursor.text.is_char_boundary(start) {
        start += 1;
    }
    // The `n` of an escaped line break.
    let is_escape =
        matches!(bytes.get(start), Some(b'n' | b'r' | b't')) && cursor.before(start) == Some(b'\\');
    start += usize::from(is_escape && start + 1 < end);
    if start >= end {
        return None;
    }
    let before = cursor.before(start);
    let is_path = separator.is_colon
        && !is_option(cursor, start, separator)
        && before == Some(b'/')
        && (!separator.is_spaced || is_rooted(cursor, start));
    let is_type = before == Some(b':') && cursor.before(start - 1) == Some(b':');
    let name = decoded(&cursor.text[start..end]);
    (!is_path && !is_type).then_some(Key {
        name,
        start,
        quote: "",
        is_column: false,
    })
}

/// `/password:S3cr3t`, an option of Windows: with a blank before it, and a value that is no word.
fn is_option(cursor: &Cursor<'_>, start: usize, separator: Separator) -> bool {
    let before = start.checked_sub(2).map(|at| cursor.bytes()[at]);
    let value = cursor.word_at(separator.end, b"-_");
    let is_word = value
        .bytes()
        .all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let name = &cursor.text[start..separator.start];
    matches!(before, Some(b' ')) && !is_word && cursor.rules.sense(name) == Sense::Secret
}

/// Whether the path that ends here starts at a root: `/etc/`, `./`.
fn is_rooted(cursor: &Cursor<'_>, end: usize) -> bool {
    let is_part = |byte: &&u8| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'(');
    let length = cursor.behind(end).iter().rev().take_while(is_part).count();
    matches!(cursor.bytes()[end - length], b'/' | b'.' | b'~')
}

/// The key between quotes, the closing one at `close`.
fn quoted<'a>(cursor: &Cursor<'a>, close: usize) -> Option<Key<'a>> {
    let bytes = cursor.bytes();
    let slashes = |at: usize| {
        cursor
            .behind(at)
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count()
    };
    let own = slashes(close);
    let end = close - own;
    let limit = end - cursor.behind(end).len();
    let mut open = end;
    loop {
        let is_end = |byte: &u8| *byte == bytes[close] || *byte == b'\n';
        open = limit + bytes[limit..open].iter().rposition(is_end)?;
        if bytes[open] == b'\n' {
            return None;
        }
        if slashes(open) == own {
            break;
        }
    }
    let name = decoded(&cursor.text[open + 1..end]);
    Some(Key {
        name,
        start: open + 1,
        quote: &cursor.text[end..=close],
        is_column: false,
    })
}

/// `Key (tenant, api_token)=(1, …)`: Postgres names the columns, then the values.
fn columns<'a>(cursor: &Cursor<'a>, close: usize, value: usize) -> Option<Key<'a>> {
    if cursor.bytes().get(value) != Some(&b'(') {
        return None;
    }
    let behind = cursor.behind(close);
    let open = close - behind.len() + behind.iter().rposition(|byte| *byte == b'(')?;
    let mut columns = cursor.text[open + 1..close].split(',');
    let name = columns.find(|column| cursor.rules.sense(column) != Sense::Harmless)?;
    Some(Key {
        name: Cow::Borrowed(name),
        start: open + 1,
        quote: "",
        is_column: true,
    })
}

/// A key without percent-encoding and `\u` escapes.
fn decoded(key: &str) -> Cow<'_, str> {
    if !key.contains(['%', '\\']) {
        return Cow::Borrowed(key);
    }
    let encoded = key.replace("\\u00", "%");
    let mut decoded = Vec::with_capacity(encoded.len());
    let mut rest = encoded.as_bytes();
    while let [byte, after @ ..] = rest {
        let escape = encoded
            .get(encoded.len() - after.len()..)
            .and_then(|after| after.get(..2));
        let value = escape
            .filter(|_| *byte == b'%')
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        decoded.push(value.unwrap_or(*byte));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}
