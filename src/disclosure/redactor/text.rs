//! One pass over a text: a table of bytes finds the candidates, the grammars look at them.

use super::cursor::{Cursor, Dialect};
use super::edit::{Decoded, Edit};
use super::key::Rules;
use super::quotes::Quote;
use super::{command, named, pairs, shapes, sql, tables, url, work, xml};

/// How deep percent-encoding is looked into.
const MAX_DEPTH: usize = 4;

/// What a byte may start or join.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Plain,
    Separator,
    Quote,
    Open,
    Close,
    Tag,
    At,
    Digit,
    Hyphen,
    Percent,
    Line,
    /// `Bearer`, `Basic`.
    Scheme,
    /// `VALUES`.
    Values,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Plain; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = match byte as u8 {
            b':' | b'=' | b'>' | 0xEF => Class::Separator,
            b'"' | b'\'' | b'`' => Class::Quote,
            b'(' | b'[' | b'{' => Class::Open,
            b')' | b']' | b'}' => Class::Close,
            b'<' => Class::Tag,
            b'@' => Class::At,
            b'0'..=b'9' => Class::Digit,
            b'-' => Class::Hyphen,
            b'%' => Class::Percent,
            b'\n' => Class::Line,
            b'B' | b'b' => Class::Scheme,
            b'V' | b'v' => Class::Values,
            _ => Class::Plain,
        };
        byte += 1;
    }
    classes
};

/// What to hide of a text.
pub(super) fn edits(text: &str, rules: &Rules, dialect: Dialect) -> Vec<Edit> {
    nested(text, rules, dialect, 0)
}

fn nested(text: &str, rules: &Rules, dialect: Dialect, depth: usize) -> Vec<Edit> {
    let bytes = text.as_bytes();
    work::note(bytes.len());
    let mut cursor = Cursor::new(text, rules, dialect);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let class = CLASSES[usize::from(byte)];
        at = match class {
            Class::Plain => at + 1,
            Class::Percent => percent(&mut cursor, at, depth),
            _ => candidate(&mut cursor, at, class),
        }
        .max(at + 1);
    }
    cursor.edits
}

/// A byte that may be part of a secret; returns where to go on.
fn candidate(cursor: &mut Cursor<'_>, at: usize, class: Class) -> usize {
    let bytes = cursor.bytes();
    let found = match class {
        Class::Plain | Class::Percent => None,
        Class::Separator if bytes[at] == b':' && url::starts(bytes, at) => {
            Some(url::url(cursor, at))
        }
        Class::Separator if ends_tag(cursor, at) => xml::named(cursor, at),
        Class::Separator => Some(pairs::pair(cursor, at)),
        Class::Quote => Some(quote(cursor, at)),
        Class::Open | Class::Close => bracket(cursor, at),
        Class::Tag => xml::element(cursor, at),
        Class::At => url::at_sign(cursor, at),
        Class::Digit => Some(digit(cursor, at)),
        Class::Hyphen => shapes::pem(cursor, at)
            .or_else(|| command::dash(cursor, at))
            .or_else(|| command::option(cursor, at)),
        Class::Line => {
            cursor.quote = None;
            None
        }
        Class::Scheme if cursor.starts_word(at) => shapes::scheme(cursor, at),
        Class::Values if cursor.starts_word(at) => sql::values(cursor, at),
        Class::Scheme | Class::Values => None,
    };
    found.unwrap_or(at + 1)
}

/// Whether this is the `>` of a tag that has its name in an attribute.
fn ends_tag(cursor: &Cursor<'_>, at: usize) -> bool {
    let is_mark = matches!(cursor.before(at), Some(b'/' | b'-' | b'='));
    cursor.bytes()[at] == b'>' && cursor.named.is_some() && !is_mark
}

fn bracket(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    match cursor.bytes()[at] {
        b'{' | b'}' => (cursor.named, cursor.unnamed) = (None, None),
        b'(' | b'[' => {
            tables::header(cursor, at);
            cursor.brackets += 1;
            return Some(named::tuple(cursor, at));
        }
        _ => {}
    }
    cursor.brackets = match cursor.bytes()[at] {
        b'{' => cursor.brackets + 1,
        _ => cursor.brackets.saturating_sub(1),
    };
    None
}

/// A digit: a card number, or part of a token.
fn digit(cursor: &mut Cursor<'_>, at: usize) -> usize {
    if let Some(end) = shapes::card(cursor, at) {
        return end;
    }
    let (start, end) = shapes::token(cursor, at);
    // No token is that short.
    if end - start < 8 {
        return end;
    }
    let hidden =
        shapes::known_token(cursor, start, end).or_else(|| command::bare(cursor, start, end));
    // A card number may follow a hyphen or a point; nothing else can start inside a token.
    hidden.unwrap_or(end)
}

/// Opens or closes a string, or finds a literal without a separator before it.
fn quote(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let bytes = cursor.bytes();
    let byte = bytes[at];
    let slashes = bytes[cursor.floor..at]
        .iter()
        .rev()
        .take_while(|byte| **byte == b'\\')
        .count();
    work::note(slashes);
    let quote = Quote { byte, slashes };
    match cursor.quote {
        Some(open) if open.byte == byte && slashes <= open.slashes => {
            let is_apostrophe =
                byte == b'\'' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
            if !is_apostrophe {
                cursor.quote = None;
            }
        }
        open => {
            if let Some(end) = sql::literal(cursor, at, quote) {
                return end;
            }
            let opens = byte == b'"' || cursor.starts_word(at);
            if open.is_none() && opens {
                cursor.quote = Some(quote);
            }
        }
    }
    at + 1
}

/// A percent-encoded value is looked at decoded; returns where to go on.
fn percent(cursor: &mut Cursor<'_>, at: usize, depth: usize) -> usize {
    let bytes = cursor.bytes();
    let is_hex = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    if !is_hex(bytes.get(at + 1)) || !is_hex(bytes.get(at + 2)) {
        return at + 1;
    }
    let ends = |byte: u8| {
        byte.is_ascii_whitespace()
            || matches!(
                byte,
                b'&' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'=' | b';' | b'#' | b'?' | b'\\'
            )
    };
    let end = at
        + bytes[at..]
            .iter()
            .position(|byte| ends(*byte))
            .unwrap_or(bytes.len() - at);
    if bytes.get(end) == Some(&b'=') {
        // The key of a pair, which the pair decodes.
        return end;
    }
    let start = at
        - bytes[cursor.floor..at]
            .iter()
            .rev()
            .take_while(|byte| !ends(**byte))
            .take(4096)
            .count();
    work::note(end - start);
    let Some(part) = cursor.text.get(start..end) else {
        return at + 1;
    };
    if depth == MAX_DEPTH {
        return cursor.hide(start..end);
    }
    let decoded = percent_decoded(part, start);
    let edits = nested(&decoded.text, cursor.rules, Dialect::Text, depth + 1);
    cursor.adopt(&decoded, edits, end, |text| {
        text.replace('"', "%22").replace('\\', "%5C")
    })
}

/// A text without its percent-encoding; every byte outside of ASCII becomes `?`.
fn percent_decoded(text: &str, start: usize) -> Decoded {
    let hex = |at: usize| {
        text.get(at + 1..at + 3)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
    };
    let mut decoded = Decoded::default();
    let mut at = 0;
    while let Some(character) = text[at..].chars().next() {
        let (character, length) = match (character, hex(at)) {
            ('%', Some(byte)) => (
                if byte.is_ascii() {
                    char::from(byte)
                } else {
                    '?'
                },
                3,
            ),
            ('+', _) => (' ', 1),
            (other, _) => (other, other.len_utf8()),
        };
        decoded.push(character, start + at);
        at += length;
    }
    decoded.finish(start + at)
}

/// Whether a byte may be part of a secret.
pub(super) fn is_candidate(byte: u8) -> bool {
    !matches!(CLASSES[usize::from(byte)], Class::Plain)
}
