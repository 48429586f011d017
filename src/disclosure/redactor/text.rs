//! One pass over a text: a table of bytes finds the candidates, the grammars look at them.

use super::cursor::{Cursor, Dialect};
use super::edit::{Decoded, Edit};
use super::extent::{self, Quote};
use super::key::Rules;
use super::{markup, pairs, shapes, url};

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

const CLASSES: [Class; 256] = {
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
    match class {
        Class::Plain | Class::Percent => at + 1,
        Class::Separator if bytes[at] == b':' && url::starts(bytes, at) => url::url(cursor, at),
        Class::Separator
            if bytes[at] == b'>'
                && cursor.named.is_some()
                && !matches!(cursor.before(at), Some(b'/' | b'-' | b'=')) =>
        {
            markup::named_content(cursor, at)
        }
        Class::Separator => pairs::pair(cursor, at),
        Class::Quote => quote(cursor, at),
        Class::Open => {
            cursor.brackets += 1;
            if bytes[at] == b'{' {
                (cursor.named, cursor.unnamed) = (None, None);
                return at + 1;
            }
            pairs::tuple(cursor, at)
        }
        Class::Close => {
            cursor.brackets = cursor.brackets.saturating_sub(1);
            if bytes[at] == b'}' {
                (cursor.named, cursor.unnamed) = (None, None);
            }
            at + 1
        }
        Class::Tag => markup::element(cursor, at),
        Class::At => url::at_sign(cursor, at),
        Class::Digit => digit(cursor, at),
        Class::Hyphen => shapes::pem(cursor, at).unwrap_or_else(|| markup::option(cursor, at)),
        Class::Line => {
            cursor.quote = None;
            at + 1
        }
        Class::Scheme if cursor.starts_word(at) => shapes::scheme(cursor, at).unwrap_or(at + 1),
        Class::Values
            if cursor.starts_word(at)
                && bytes[at..]
                    .get(..6)
                    .is_some_and(|word| word.eq_ignore_ascii_case(b"values")) =>
        {
            markup::values(cursor, at)
        }
        Class::Scheme | Class::Values => at + 1,
    }
}

/// A digit: a card number, or part of a token.
fn digit(cursor: &mut Cursor<'_>, at: usize) -> usize {
    if let Some(end) = shapes::card(cursor, at) {
        return end;
    }
    let (start, end) = shapes::token(cursor, at);
    let hidden =
        shapes::known_token(cursor, start, end).or_else(|| markup::bare(cursor, start, end));
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
            if let Some(end) = markup::literal(cursor, at, quote) {
                return end;
            }
            let opens = byte == b'"' || (byte == b'\'' && cursor.starts_word(at));
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

/// A text without its percent-encoding; what is no UTF-8 becomes `?`.
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
pub(super) const fn is_candidate(byte: u8) -> bool {
    !matches!(CLASSES[byte as usize], Class::Plain)
}

/// Whether a number is a card's.
pub(super) fn is_card_number(digits: &str) -> bool {
    shapes::card_number(digits.as_bytes(), 0) == Some(digits.len())
}

/// Where the string ends that a quote opens at `open`.
pub(super) fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    extent::closing_quote(
        bytes,
        open + 1,
        Quote {
            byte: b'"',
            slashes: 0,
        },
        None,
    )
}
