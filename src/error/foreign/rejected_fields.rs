//! The part of a request that an extractor of axum could not read: where it is, and what is wrong with it, in words for
//! clients. serde's own words quote the value that was sent and name Rust types.

use std::error::Error as StdError;

use serde_path_to_error::{Error, Segment};

use super::serde_message::{KINDS, Said, invalid, must_be, wanted};
use crate::error::std_error::sources;
use crate::problem::FieldError;

/// What contains the part.
#[derive(Clone, Copy)]
enum Place {
    Content,
    Parameters,
    Path,
}

/// How the texts of the rejections begin that name a part.
const SENTENCES: [(&str, Place); 5] = [
    (
        "Failed to deserialize the JSON body into the target type",
        Place::Content,
    ),
    ("Failed to deserialize form body", Place::Content),
    ("Failed to deserialize form", Place::Parameters),
    ("Failed to deserialize query string", Place::Parameters),
    ("Invalid URL", Place::Path),
];

/// The sentence that clients may read of the text of a rejection that names a part.
pub(super) fn sentence(text: &str) -> Option<&'static str> {
    begin(text).map(|(sentence, ..)| sentence)
}

/// The sentence, what contains the part, and the rest of the text.
fn begin(text: &str) -> Option<(&'static str, Place, &str)> {
    SENTENCES.iter().find_map(|(sentence, place)| {
        let rest = text.strip_prefix(sentence)?.strip_prefix(": ")?;
        Some((*sentence, *place, rest))
    })
}

/// The sentence that clients may read of the text of a rejection, and the part that is invalid.
pub(in crate::error) fn of_text(text: &str) -> Option<(&'static str, FieldError)> {
    let (sentence, place, rest) = begin(text)?;
    let field = match place {
        Place::Path => of_path_text(rest),
        Place::Content | Place::Parameters => {
            let (path, message) = split(rest);
            field_error(place, names(path), message)
        }
    };
    Some((sentence, field))
}

/// The part at this path, about which serde said this.
fn field_error(place: Place, mut path: Vec<String>, message: &str) -> FieldError {
    let said = Said::read(message);
    if let Some(member) = said.member
        && path.last().is_none_or(|last| last != member)
    {
        path.push(member.to_owned());
    }
    let error = FieldError::new(said.detail).with_code(said.code);
    match place {
        Place::Content => error.with_pointer(path),
        Place::Parameters | Place::Path if path.is_empty() => error,
        Place::Parameters | Place::Path => error.with_parameter(path.join(".")),
    }
}

/// The parameter of a path, which could not be read as this Rust type.
fn path_parameter(name: Option<&str>, expected: Option<&str>) -> FieldError {
    let detail = expected.and_then(wanted).map_or_else(invalid, must_be);
    let error = FieldError::new(detail).with_code("invalid_value");
    match name {
        Some(name) => error.with_parameter(name.to_owned()),
        None => error,
    }
}

/// The part that serde could not read, at its exact path.
pub(super) fn of_error(text: &str, error: &(dyn StdError + 'static)) -> Option<FieldError> {
    let (_, place, _) = begin(text)?;
    let mut found = sources(error).filter_map(|error| {
        if let Some(json) = error.downcast_ref::<Error<serde_json::Error>>() {
            return Some((json.path(), json.inner().to_string()));
        }
        let form = error.downcast_ref::<Error<serde::de::value::Error>>()?;
        Some((form.path(), form.inner().to_string()))
    });
    let (path, message) = found.next()?;
    let names = path.iter().filter_map(|segment| match segment {
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Map { key } | Segment::Enum { variant: key } => Some(key.clone()),
        Segment::Unknown => None,
    });
    Some(field_error(place, names.collect(), &message))
}

/// A parameter of a path whose type rejected it with a message of its own.
fn rejected_parameter(name: &str, message: &str) -> FieldError {
    field_error(Place::Parameters, vec![name.to_owned()], message)
}

/// The text of axum's `ErrorKind`: "Cannot parse `id` with value `x` to a `u32`".
fn of_path_text(text: &str) -> FieldError {
    let quoted = |text: &str| Some(text.split_once('`')?.1.split_once('`')?.0.to_owned());
    let named = text
        .strip_prefix("Cannot parse ")
        .filter(|rest| rest.contains("` with value `"))
        .or_else(|| text.strip_prefix("Invalid UTF-8 in "));
    let name = named.and_then(quoted);
    let index = text
        .strip_prefix("Cannot parse value at index ")
        .and_then(|rest| rest.split(' ').next());
    let expected = text.rsplit_once(" to a `").map(|(_, expected)| expected);
    let expected = expected.and_then(|expected| expected.strip_suffix('`'));
    if let (Some(name), None, Some((_, message))) = (&name, expected, text.rsplit_once("`: ")) {
        return rejected_parameter(name, message);
    }
    path_parameter(name.as_deref().or(index), expected)
}

/// Splits the text of `serde_path_to_error` into path and message. The path has no spaces, unless a key of the client
/// has some; then the message begins with one of serde's phrases.
fn split(text: &str) -> (&str, &str) {
    let is_message = |text: &str| KINDS.iter().any(|(phrase, _)| text.starts_with(phrase));
    if is_message(text) {
        return ("", text);
    }
    let mut ends = text.match_indices(": ").map(|(end, _)| end);
    match ends.clone().find(|end| is_message(&text[end + 2..])) {
        Some(end) => (&text[..end], &text[end + 2..]),
        None => match ends.next() {
            Some(end) if !text[..end].contains(' ') => (&text[..end], &text[end + 2..]),
            _ => ("", text),
        },
    }
}

/// The names and indexes of a path like `items[0].count`.
fn names(path: &str) -> Vec<String> {
    let names = path
        .split(['.', '['])
        .map(|name| name.trim_end_matches(']'));
    names
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(text: &str, detail: &str, at: Option<&str>, code: &str) {
        let (_, error) = of_text(text).expect("a text of axum");
        assert_eq!(error.detail(), detail, "{text}");
        assert_eq!(error.pointer().or_else(|| error.parameter()), at, "{text}");
        assert_eq!(error.code(), Some(&json!(code)), "{text}");
    }

    #[test]
    fn serdes_messages_become_words_for_clients_without_values_and_types() {
        let json = |message: &str| {
            format!("Failed to deserialize the JSON body into the target type: {message}")
        };
        let checks = [
            (
                "items[0].count: invalid type: string \"s3cr3t\", expected u32 at line 1 column 9",
                "must be an integer from 0 to 4294967295",
                "#/items/0/count",
                "invalid_type",
            ),
            (
                "missing field `name` at line 1 column 2",
                "is missing",
                "#/name",
                "missing_field",
            ),
            (
                "a: missing field `b/c` at line 1 column 2",
                "is missing",
                "#/a/b~1c",
                "missing_field",
            ),
            (
                "x: unknown field `x`, expected `name` at line 1 column 4",
                "is not a known member",
                "#/x",
                "unknown_field",
            ),
            (
                "duplicate field `name`",
                "occurs more than once",
                "#/name",
                "duplicate_field",
            ),
            (
                "kind: unknown variant `s3cr3t`, expected `a` or `b` at line 1 column 4",
                "must be `a` or `b`",
                "#/kind",
                "unknown_variant",
            ),
            (
                "kind: unknown variant `s3cr3t`, expected one of `a`, `b`, `c`",
                "must be one of `a`, `b`, `c`",
                "#/kind",
                "unknown_variant",
            ),
            (
                "invalid type: sequence, expected struct Order at line 1 column 0",
                "must be an object",
                "#",
                "invalid_type",
            ),
            (
                "a: invalid value: integer `300`, expected u8",
                "must be an integer from 0 to 255",
                "#/a",
                "invalid_value",
            ),
            (
                "a: invalid value: string \", expected f64\", expected enum my::Kind",
                "is invalid",
                "#/a",
                "invalid_value",
            ),
            (
                "a: invalid length 2, expected an array of length 3",
                "must be an array of length 3",
                "#/a",
                "invalid_length",
            ),
            (
                "a: invalid length 2, expected struct Point with 3 elements",
                "must be an object",
                "#/a",
                "invalid_length",
            ),
            (
                "at: invalid value: string \"s3cr3t\", expected an RFC 3339 date",
                "must be an RFC 3339 date",
                "#/at",
                "invalid_value",
            ),
            (
                "even: `s3cr3t` is odd, not \"even\"",
                "… is odd, not …",
                "#/even",
                "invalid",
            ),
            ("even: shop::Even is odd", "is invalid", "#/even", "invalid"),
            (
                "my key: invalid type: null, expected a string",
                "must be a string",
                "#/my%20key",
                "invalid_type",
            ),
        ];
        for (message, detail, pointer, code) in checks {
            check(&json(message), detail, Some(pointer), code);
        }
    }

    #[test]
    fn parameters_are_named() {
        let query = "Failed to deserialize query string: page: invalid digit found in string";
        check(
            query,
            "invalid digit found in string",
            Some("page"),
            "invalid",
        );
        let query = "Failed to deserialize query string: missing field `page`";
        check(query, "is missing", Some("page"), "missing_field");
        let form = "Failed to deserialize form body: page: invalid digit found in string";
        check(
            form,
            "invalid digit found in string",
            Some("#/page"),
            "invalid",
        );
        let form = "Failed to deserialize form: missing field `page`";
        check(form, "is missing", Some("page"), "missing_field");
        let url = |kind: &str| format!("Invalid URL: {kind}");
        check(
            &url("Cannot parse `s3cr3t` to a `u8`"),
            "must be an integer from 0 to 255",
            None,
            "invalid_value",
        );
        check(
            &url("Cannot parse `id` with value `s3`cr3t` to a `bool`"),
            "must be a boolean",
            Some("id"),
            "invalid_value",
        );
        check(
            &url("Cannot parse value at index 1 with value `s3cr3t` to a `i64`"),
            "must be an integer",
            Some("1"),
            "invalid_value",
        );
        check(
            &url("Cannot parse `id` with value `s3cr3t`: odd `s3cr3t`"),
            "odd …",
            Some("id"),
            "invalid",
        );
        check(
            &url("Invalid UTF-8 in `id`"),
            "is invalid",
            Some("id"),
            "invalid_value",
        );
    }

    #[test]
    fn other_texts_are_not_touched() {
        for text in [
            "",
            "Invalid URL",
            "Failed to deserialize the JSON",
            "no such order: invalid type: x",
        ] {
            assert!(of_text(text).is_none());
        }
    }
}
