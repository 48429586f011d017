//! Keys and values that are values themselves: `("password", "…")`, `{"name": "password", "value": "…"}`, the parts of a
//! form, `Password("…")`.

use super::cursor::{Cursor, Dialect, MAX_KEY};
use super::extent::{Context, Kind};
use super::key::Sense;
use super::value::Setting;
use super::{judge, quotes, read};

/// How far a value may be from its name.
const NEAR: usize = 320;

/// The value of `name`: if it is a sensitive key, the value near it is sensitive. Returns where to go on.
pub(super) fn name(cursor: &mut Cursor<'_>, at: usize) -> usize {
    cursor.named = None;
    let window = &cursor.text[..at + cursor.ahead(at).len()];
    let Some(extent) = read::value(window, at, cursor.context()) else {
        return at;
    };
    let sense = cursor.rules.sense(&window[extent.hidden.clone()]);
    let end = match extent.kind {
        Kind::Quoted => judge::after_quote(cursor, extent.hidden.end),
        _ => extent.hidden.end,
    };
    if sense == Sense::Harmless
        || extent.hidden.len() > MAX_KEY
        || !matches!(extent.kind, Kind::Quoted | Kind::Plain)
    {
        return at;
    }
    if let Some(value) = cursor
        .unnamed
        .take()
        .filter(|value| *value >= cursor.floor && at - value < NEAR)
    {
        let context = cursor.context();
        judge::value(cursor, value, sense, Setting::default(), context, "");
        return end.max(cursor.floor);
    }
    cursor.named = Some((sense, at));
    form_part(cursor, end)
}

/// The sense of `value`, by the name that was before it.
pub(super) fn sense_of_value(cursor: &mut Cursor<'_>, at: usize) -> Sense {
    match cursor.named {
        Some((sense, named)) if at - named < NEAR => sense,
        _ => {
            cursor.unnamed = Some(at);
            Sense::Harmless
        }
    }
}

/// The body of a form's part, after `name="password"` and an empty line.
fn form_part(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let gaps = [
        ("\r\n\r\n", "\r\n--"),
        ("\n\n", "\n--"),
        ("\\r\\n\\r\\n", "\\r\\n--"),
    ];
    let Some((gap, boundary)) = gaps
        .into_iter()
        .find(|(gap, _)| cursor.text[at..].starts_with(gap))
    else {
        return at;
    };
    let start = at + gap.len();
    let end = cursor.text[start..]
        .find(boundary)
        .map_or(cursor.text.len(), |length| start + length);
    cursor.hide(start..end)
}

/// A bracket: `("password", "…")`, in a list `["password", "…"]`, or `Password("…")`. Returns where to go on.
pub(super) fn tuple(cursor: &mut Cursor<'_>, at: usize) -> usize {
    newtype(cursor, at)
        .or_else(|| pair(cursor, at))
        .unwrap_or(at + 1)
}

fn pair(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    if bytes[at] == b'[' {
        let before = cursor
            .behind(at)
            .iter()
            .rev()
            .find(|byte| !byte.is_ascii_whitespace());
        matches!(before, Some(b'[' | b',')).then_some(())?;
    }
    let context = Context {
        in_brackets: true,
        ..cursor.context()
    };
    let (end, sense) = string(cursor, cursor.skip_space(at + 1), context)?;
    let comma = cursor.skip_space(end);
    if sense == Sense::Harmless || bytes.get(comma) != Some(&b',') {
        return None;
    }
    let value = cursor.skip_space(comma + 1);
    let extent = read::value(cursor.text, value, context)?;
    let is_joint =
        |byte: &&u8| matches!(byte, b'\\' | b'"' | b'\'' | b',') || byte.is_ascii_whitespace();
    let after = extent.hidden.end
        + bytes[extent.hidden.end..]
            .iter()
            .take(64)
            .take_while(is_joint)
            .count();
    // More than two are a list.
    matches!(bytes.get(after), None | Some(b')' | b']')).then_some(())?;
    let next = judge::value(cursor, value, sense, Setting::default(), context, "");
    Some(if next == value { end } else { next })
}

/// `Password("…")`: the literal in a type whose name is sensitive.
fn newtype(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let context = cursor.context();
    if cursor.bytes()[at] != b'(' || cursor.dialect == Dialect::Source {
        return None;
    }
    quotes::opening_quote(cursor.bytes(), at + 1, context.enclosing)?;
    let name = cursor.word_before(at, b"");
    name.starts_with(|first: char| first.is_ascii_uppercase())
        .then_some(())?;
    let sense = cursor.rules.sense(name);
    let setting = Setting {
        is_tight_colon: true,
        ..Setting::default()
    };
    let next = judge::value(cursor, at + 1, sense, setting, context, "");
    (next > at + 1).then_some(next)
}

/// `"password";s:7:"…"`: PHP's serialized strings, at the colon before the name.
pub(super) fn serialized(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    if bytes.get(at + 1) != Some(&b'"')
        || !cursor.before(at).is_some_and(|byte| byte.is_ascii_digit())
    {
        return None;
    }
    let context = Context {
        enclosing: None,
        ..cursor.context()
    };
    let (end, sense) = string(cursor, at + 1, context)?;
    let rest = cursor.text[end..].strip_prefix(";s:")?;
    let digits = rest.bytes().take(9).take_while(u8::is_ascii_digit).count();
    rest[digits..].starts_with(":\"").then_some(())?;
    let value = end + 3 + digits + 1;
    let next = judge::value(cursor, value, sense, Setting::default(), context, "");
    (next > value).then_some(next)
}

/// Where the string that starts here ends with its quote, and its sense as a key.
fn string(cursor: &Cursor<'_>, start: usize, context: Context) -> Option<(usize, Sense)> {
    let bytes = cursor.bytes();
    let (open, quote) = quotes::opening_quote(bytes, start, context.enclosing)?;
    let window = &bytes[..bytes.len().min(open + MAX_KEY)];
    let end = quotes::closing_quote(window, open + 1, quote, context.enclosing)?;
    Some((
        judge::after_quote(cursor, end),
        cursor.rules.sense(&cursor.text[open + 1..end]),
    ))
}
