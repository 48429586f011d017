//! What serde says about invalid input, in words for clients: without the value that was sent, and without Rust types.

use std::borrow::Cow;

/// How serde's messages begin, with their codes.
pub(super) const KINDS: [(&str, &str); 7] = [
    ("missing field ", "missing_field"),
    ("unknown field ", "unknown_field"),
    ("duplicate field ", "duplicate_field"),
    ("unknown variant ", "unknown_variant"),
    ("invalid type: ", "invalid_type"),
    ("invalid value: ", "invalid_value"),
    ("invalid length ", "invalid_length"),
];

/// What serde said, in words for clients.
pub(super) struct Said<'a> {
    pub(super) detail: Cow<'static, str>,
    pub(super) code: &'static str,
    /// The member that is missing, unknown or there twice.
    pub(super) member: Option<&'a str>,
}

impl<'a> Said<'a> {
    pub(super) fn read(message: &'a str) -> Self {
        let message = without_position(message);
        let kind = KINDS
            .iter()
            .find_map(|(phrase, code)| Some((*code, message.strip_prefix(phrase)?)));
        let Some((code, rest)) = kind else {
            return Self {
                detail: without_quotes(message),
                code: "invalid",
                member: None,
            };
        };
        let member = rest
            .strip_prefix('`')
            .and_then(|rest| rest.split_once('`'))
            .map(|(name, _)| name);
        let expected = rest
            .rsplit_once(", expected ")
            .map(|(_, expected)| expected);
        let expected = expected.or_else(|| rest.rsplit_once(" expected ").map(|(_, it)| it));
        let (detail, member) = match code {
            "missing_field" => (Cow::Borrowed("is missing"), member),
            "unknown_field" => (Cow::Borrowed("is not a known member"), member),
            "duplicate_field" => (Cow::Borrowed("occurs more than once"), member),
            "unknown_variant" => {
                let names = expected.filter(|it| it.starts_with('`') || it.starts_with("one of `"));
                (names.map_or_else(invalid, must_be), None)
            }
            _ => (
                expected.and_then(wanted).map_or_else(invalid, must_be),
                None,
            ),
        };
        Self {
            detail,
            code,
            member,
        }
    }
}

pub(super) fn invalid() -> Cow<'static, str> {
    Cow::Borrowed("is invalid")
}

pub(super) fn must_be(what: &str) -> Cow<'static, str> {
    Cow::Owned(format!("must be {what}"))
}

/// What serde or axum expected, without Rust types. `None` if it is one that says nothing to a client.
pub(super) fn wanted(expected: &str) -> Option<&str> {
    Some(match expected {
        "u8" => "an integer from 0 to 255",
        "u16" => "an integer from 0 to 65535",
        "u32" => "an integer from 0 to 4294967295",
        "u64" | "u128" | "usize" => "an integer that is not negative",
        "i8" => "an integer from -128 to 127",
        "i16" => "an integer from -32768 to 32767",
        "i32" => "an integer from -2147483648 to 2147483647",
        "i64" | "i128" | "isize" => "an integer",
        "f32" | "f64" => "a number",
        "bool" => "a boolean",
        "char" => "a character",
        "String" | "str" | "&str" | "a borrowed string" => "a string",
        "a map" => "an object",
        "a sequence" | "tuple" => "an array",
        "unit" => "null",
        _ if expected.starts_with("struct ") => "an object",
        _ if expected.starts_with("a tuple ") || expected.starts_with("tuple ") => "an array",
        _ if is_rust(expected) => return None,
        _ => expected,
    })
}

/// Whether a text names a Rust type.
fn is_rust(text: &str) -> bool {
    const KINDS: [&str; 6] = [
        "enum ",
        "variant ",
        "unit struct ",
        "newtype ",
        "struct variant ",
        "adjacently ",
    ];
    let is_path = text.contains("::") || text.contains('<');
    let is_name = !text.contains(' ') && text.starts_with(|it: char| it.is_ascii_uppercase());
    is_path || is_name || KINDS.iter().any(|kind| text.starts_with(kind)) || text.contains("enum ")
}

/// A message without " at line 1 column 7", which counts in the text that the client sent.
fn without_position(message: &str) -> &str {
    let position = message.rsplit_once(" at line ");
    let is_position = |text: &str| {
        let mut words = text.split(" column ");
        let is_number = |word: Option<&str>| {
            word.is_some_and(|word| !word.is_empty() && word.bytes().all(|it| it.is_ascii_digit()))
        };
        is_number(words.next()) && is_number(words.next())
    };
    match position {
        Some((message, position)) if is_position(position) => message,
        _ => message,
    }
}

/// A message of another type's own, without what it quotes: that may be what the client sent.
fn without_quotes(message: &str) -> Cow<'static, str> {
    if message.contains("::") {
        return invalid();
    }
    let mut text = String::new();
    let mut quote = None;
    for character in message.chars() {
        match quote {
            Some(open) if character == open => quote = None,
            Some(_) => {}
            None if matches!(character, '`' | '"') => {
                text.push('…');
                quote = Some(character);
            }
            None => text.push(character),
        }
    }
    if text.is_empty() {
        invalid()
    } else {
        Cow::Owned(text)
    }
}
