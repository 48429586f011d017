//! What a value looks like: a number, a sentence, code, or something that could be a credential.

use super::edit::REDACTED;
use super::key::{Rules, Sense};
use super::words::List;

/// How a value is joined to its key.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Setting {
    /// A sentence may follow: `password: too short`.
    pub(super) may_be_prose: bool,
    /// The word before the key promises a sentence: `unexpected token: …`.
    pub(super) after_prose: bool,
    /// `auth:8080`, `auth:latest`: nothing between key and value.
    pub(super) is_tight_colon: bool,
}

/// Words that open a sentence after any key.
const OPENERS: List = List::new(
    "and are can can't cannot contains does doesn't expected has invalid is isn't missing \
    must none not or required should too was",
);

/// Words that say in what state something is.
const STATES: List = List::new(
    "absent accepted active anonymous basic closed created default denied disabled digest \
    empty enabled error expired failed failure found granted inactive invalid latest lax \
    local malformed mismatch missing none oauth off ok on open opened pending refused \
    rejected required revoked started strict success timeout unknown unset valid yes no",
);

/// Words that start the name of an error: `ExpiredSignature`.
const ERRORS: &str =
    "Bad Expired Immature Invalid Malformed Missing Unexpected Unknown Unsupported";

const UNITS: List = List::new("% b bytes d days gb h hours kb m mb min minutes ms ns s seconds us");

/// Whether a value must be hidden: what `value` is without its quotes, `sense` is its key's.
pub(super) fn is_secret(rules: &Rules, sense: Sense, value: &str, setting: Setting) -> bool {
    let value = value.trim();
    if value.is_empty()
        || value.trim_matches('"') == REDACTED
        || is_nothing(value)
        || is_placeholder(value)
    {
        return false;
    }
    let first = value.split_ascii_whitespace().next().unwrap_or_default();
    match sense {
        Sense::Harmless => false,
        _ if is_parameter(first) => false,
        _ if setting.after_prose => is_opaque(first),
        _ if setting.may_be_prose && (is_opener(first) || is_error_name(first)) => false,
        _ if is_type(value) => false,
        Sense::Secret => true,
        Sense::Line => !(is_state(value) || is_sentence(value, 3)),
        Sense::Weak => {
            !(is_scalar(value)
                || (setting.may_be_prose && (is_count(value) || is_sentence(value, 2)))
                || is_state(value)
                || is_error_name(first)
                || is_code(first)
                || is_reference(value)
                || (value.len() <= 40 && is_name(value) && rules.sense(value) != Sense::Harmless)
                || (setting.is_tight_colon && !value.bytes().any(|byte| byte.is_ascii_digit())))
        }
    }
}

/// `null`, `true`: never a secret.
fn is_nothing(value: &str) -> bool {
    [
        "null",
        "nil",
        "none",
        "undefined",
        "true",
        "false",
        "()",
        "\"\"",
        "''",
    ]
    .iter()
    .any(|word| value.eq_ignore_ascii_case(word))
}

/// What marks a value that is filled in later, or was hidden by another tool: `$1`, `?`, `{}`, `***`, `%s`.
fn is_placeholder(value: &str) -> bool {
    let is_all = |characters: &[u8]| value.bytes().all(|byte| characters.contains(&byte));
    is_all(b"*")
        || is_all(b"?,")
        || is_all(b".")
        || value == "{}"
        || value == "%s"
        || is_variable(value)
        || is_parameter(value)
}

/// What a statement is given its value by: `?`, `$1`.
fn is_parameter(word: &str) -> bool {
    let is_number = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    word == "?"
        || word
            .strip_prefix('$')
            .is_some_and(|number| !number.is_empty() && is_number(number))
}

/// `<password>`, `${PASSWORD}`, `{password}`.
fn is_variable(value: &str) -> bool {
    let inner = ["<", "${", "{{", "{"]
        .iter()
        .zip([">", "}", "}}", "}"])
        .find_map(|(open, close)| value.strip_prefix(open)?.strip_suffix(close));
    inner.is_some_and(|name| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' '))
    })
}

/// A number with or without a unit, a date, a time.
pub(super) fn is_scalar(value: &str) -> bool {
    if !value.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '-' | '+' | '.'))
        || value.len() > 40
    {
        return false;
    }
    let is_numeric =
        |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b',' | b'_' | b'-' | b'+' | b':');
    let value = value.trim_end_matches([',', '.', ';']);
    let digits = value
        .bytes()
        .position(|byte| !is_numeric(byte))
        .unwrap_or(value.len());
    let rest = value[digits..].trim_start().to_ascii_lowercase();
    rest.is_empty() || UNITS.has(rest.as_bytes()) || is_rest_of_scalar(&rest)
}

/// The exponent of a number, the time after a date, the smaller units of a duration.
fn is_rest_of_scalar(rest: &str) -> bool {
    let is_part = |allowed: &str| {
        rest.len() < 24
            && rest
                .chars()
                .all(|c| c.is_ascii_digit() || allowed.contains(c))
    };
    (rest.starts_with('e') && is_part("e+-"))
        || (rest.starts_with('t') && is_part("t:.z+-"))
        || (rest.starts_with(['h', 'm', 'd']) && is_part("hms"))
}

/// `3 set`, `20 of 30`.
fn is_count(value: &str) -> bool {
    let mut words = value.split_ascii_whitespace();
    words.next().is_some_and(is_scalar) && words.next().is_some_and(is_word)
}

fn is_word(word: &str) -> bool {
    let word = word.trim_end_matches([',', '.', ':', ';', ')', '!', '?']);
    !word.is_empty()
        && word.len() <= 20
        && word
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'\'' | b'-'))
}

/// A text that starts with so many words.
fn is_sentence(value: &str, words: usize) -> bool {
    let mut found = 0;
    for (index, word) in value.split_ascii_whitespace().enumerate().take(words) {
        let word = if index == 0 {
            word.strip_prefix(|c: char| c.is_ascii_uppercase())
                .unwrap_or(word)
        } else {
            word
        };
        found += usize::from(is_word(word) || word.is_empty());
    }
    found == words
}

fn is_opener(first: &str) -> bool {
    let first = first.trim_end_matches([',', '.', ':', ';', ')', '!']);
    OPENERS.has(first.as_bytes())
}

fn is_state(value: &str) -> bool {
    let value = value.trim_end_matches(['.', ',', ';', '!', ')', '}', ']']);
    STATES.has(value.as_bytes())
}

fn is_error_name(first: &str) -> bool {
    let first = first.trim_end_matches([',', '.', ':', ';']);
    first.starts_with(|first: char| first.is_ascii_uppercase())
        && first.bytes().all(|byte| byte.is_ascii_alphabetic())
        && ERRORS
            .split_ascii_whitespace()
            .any(|word| first.starts_with(word) && first.len() > word.len())
}

/// Source code: a call, a path, a generic type, a reference.
fn is_code(first: &str) -> bool {
    let starts_name = first.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    !first.contains(['"', '\'', '='])
        && !first.contains("://")
        && ((starts_name
            && (first.contains(['(', '<']) || first.contains("::") || first.contains("![")))
            || is_borrow(first)
            || first.starts_with("self."))
}

fn is_borrow(first: &str) -> bool {
    matches!(first, "&" | "*const" | "*mut")
        || first.strip_prefix('&').is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '\'' | '['))
        })
}

/// The name of a type where a value would be: `password: &str`.
fn is_type(value: &str) -> bool {
    const TYPES: List = List::new(
        "bool char f32 f64 i128 i16 i32 i64 i8 isize self Self str String string text u128 u16 u32 u64 u8 \
        usize varchar SecretString [u8] Option<String> Option<&str> Vec<u8> Option<String Vec<u8",
    );
    if value.starts_with("*const ") || value.starts_with("*mut ") {
        return true;
    }
    let value = value
        .trim_start_matches(['&', '*'])
        .trim_end_matches([',', ')', '{', ';'])
        .trim();
    let value = ["mut ", "'static ", "'a "]
        .iter()
        .find_map(|prefix| value.strip_prefix(prefix))
        .unwrap_or(value);
    TYPES.has(value.as_bytes())
}

/// An address that names something else: an ARN, a URL, a file.
fn is_reference(value: &str) -> bool {
    let is_url = ["http://", "https://", "arn:", "urn:", "file:"]
        .iter()
        .any(|start| value.starts_with(start));
    (is_url && !value.contains(['@', '?', '=']))
        || (value.starts_with('/') && value.len() > 1 && !value.ends_with('='))
}

fn is_name(value: &str) -> bool {
    value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b' ' | b'.'))
}

/// Letters and digits mixed as people don't mix them.
pub(super) fn is_opaque(word: &str) -> bool {
    let word = word.trim_matches(['`', '"', '\'', ',', '.', ';', ')', '(']);
    let is_token = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'=' | b'.' | b'~')
    };
    let bytes = word.as_bytes();
    let turns = bytes
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() && pair[1].is_ascii_alphabetic())
        .count();
    bytes.len() >= 8
        && turns > 0
        && bytes.iter().all(|byte| is_token(*byte))
        && !word.contains("sha")
}
