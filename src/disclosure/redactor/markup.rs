//! XML elements, SQL, and command lines.

use super::cursor::{Cursor, MAX_KEY};
use super::extent::{self, Context, Kind, LIMIT, Quote};
use super::key::Sense;
use super::pairs::hide_value;
use super::value::{Setting, is_opaque, is_secret};

/// `<password>…</password>` at the `<`; returns where to go on.
pub(super) fn element(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let bytes = cursor.bytes();
    let is_name =
        |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'.' | b'-');
    let length = bytes[at + 1..]
        .iter()
        .take(MAX_KEY)
        .take_while(is_name)
        .count();
    let name = &cursor.text[at + 1..at + 1 + length];
    if length == 0 || name.contains("::") || cursor.rules.sense(name) == Sense::Harmless {
        return at + 1;
    }
    let sense = cursor.rules.sense(name);
    let tag = &bytes[at..bytes.len().min(at + LIMIT)];
    let Some(close) = tag
        .iter()
        .position(|byte| *byte == b'>')
        .filter(|close| tag[close - 1] != b'/')
    else {
        return at + 1;
    };
    let mut start = at + close + 1;
    let is_data = bytes[start..].starts_with(b"<![CDATA[");
    start += if is_data { 9 } else { 0 };
    let end = if is_data {
        cursor.text[start..].find("]]>")
    } else {
        bytes[start..].iter().position(|byte| *byte == b'<')
    };
    let end = end.map_or(bytes.len(), |length| start + length);
    // A generic type or a placeholder has no content and no end.
    let is_element = is_data
        || bytes[end..].starts_with(b"</")
        || (end == bytes.len()
            && cursor.starts_word(at)
            && bytes
                .get(start)
                .is_some_and(|byte| !byte.is_ascii_whitespace()));
    if !is_element {
        return start;
    }
    if end - start > LIMIT
        || is_secret(
            cursor.rules,
            sense,
            &cursor.text[start..end],
            Setting {
                may_be_prose: true,
                ..Setting::default()
            },
        )
    {
        return cursor.hide(start..end);
    }
    end
}

/// The content of `<property name="password">…</property>` at the `>` of its tag; returns where to go on.
pub(super) fn named_content(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let bytes = cursor.bytes();
    let Some((sense, _)) = cursor.named.take().filter(|(_, named)| at - named < LIMIT) else {
        return at + 1;
    };
    let end = at
        + 1
        + bytes[at + 1..]
            .iter()
            .take(4 * LIMIT)
            .take_while(|byte| **byte != b'<')
            .count();
    let is_content = bytes[end..].starts_with(b"</")
        && is_secret(
            cursor.rules,
            sense,
            &cursor.text[at + 1..end],
            Setting::default(),
        );
    if is_content {
        cursor.hide(at + 1..end)
    } else {
        at + 1
    }
}

/// A literal after a word that needs no separator: `PASSWORD 'secret'`, `IDENTIFIED BY 'secret'`.
pub(super) fn literal(cursor: &mut Cursor<'_>, at: usize, quote: Quote) -> Option<usize> {
    let bytes = cursor.bytes();
    let end = at - quote.slashes;
    if cursor.before(end) != Some(b' ') {
        return None;
    }
    let limit = end.saturating_sub(MAX_KEY).max(cursor.floor);
    let length = bytes[limit..end - 1]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_'))
        .count();
    let word = &cursor.text[end - 1 - length..end - 1];
    let is_identified = word.eq_ignore_ascii_case("by")
        && cursor.text[limit..end - 1 - length]
            .trim_end()
            .to_ascii_lowercase()
            .ends_with("identified");
    if !is_identified && cursor.rules.sense(word) != Sense::Secret {
        return None;
    }
    let inner_end =
        extent::closing_quote(bytes, at + 1, quote, cursor.quote).unwrap_or(bytes.len());
    let setting = Setting {
        may_be_prose: true,
        ..Setting::default()
    };
    if inner_end - at < LIMIT
        && !is_secret(
            cursor.rules,
            Sense::Secret,
            &cursor.text[at + 1..inner_end],
            setting,
        )
    {
        return None;
    }
    let context = cursor.context(Sense::Secret);
    let next = hide_value(cursor, end, Sense::Secret, setting, context, "");
    (next > end).then_some(next)
}

/// `INSERT INTO t (email, password) VALUES ('…', '…'), …` at the word `VALUES`; returns where to go on.
pub(super) fn values(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let bytes = cursor.bytes();
    let after = at + 6;
    let close = extent_back(bytes, at, cursor.floor);
    let Some(close) = close.filter(|close| bytes[*close] == b')') else {
        return after;
    };
    let limit = close.saturating_sub(2 * LIMIT).max(cursor.floor);
    let Some(open) = bytes[limit..close]
        .iter()
        .rposition(|byte| *byte == b'(')
        .map(|open| limit + open)
    else {
        return after;
    };
    let columns = &cursor.text[open + 1..close];
    let senses: Vec<Sense> = columns
        .split(',')
        .map(|column| cursor.rules.sense(column.trim()))
        .collect();
    if senses.iter().all(|sense| *sense == Sense::Harmless) {
        return after;
    }
    let mut next = after;
    loop {
        next = skip_space(bytes, next);
        if bytes.get(next) != Some(&b'(') {
            return next;
        }
        next = row(cursor, next + 1, &senses);
        if bytes.get(next) != Some(&b',') {
            return next;
        }
        next += 1;
    }
}

/// One row of values; returns where it ends.
fn row(cursor: &mut Cursor<'_>, mut at: usize, senses: &[Sense]) -> usize {
    let context = Context {
        in_brackets: true,
        ..cursor.context(Sense::Weak)
    };
    for column in 0.. {
        let bytes = cursor.bytes();
        at = skip_space(bytes, at);
        let sense = senses.get(column).copied().unwrap_or(Sense::Harmless);
        let Some(value) = extent::value(cursor.text, at, context) else {
            return at;
        };
        let ends = match value.kind {
            Kind::Quoted => value.hidden.end + 1,
            _ => value.hidden.end,
        };
        if sense != Sense::Harmless {
            hide_value(cursor, at, sense, Setting::default(), context, "");
        }
        at = skip_space(bytes, ends.max(at).min(bytes.len()));
        match bytes.get(at) {
            Some(b',') => at += 1,
            Some(b')') => return at + 1,
            _ => return at,
        }
    }
    at
}

fn skip_space(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

fn extent_back(bytes: &[u8], at: usize, floor: usize) -> Option<usize> {
    bytes[floor.max(at.saturating_sub(16))..at]
        .iter()
        .rposition(|byte| !byte.is_ascii_whitespace())
        .map(|back| floor.max(at.saturating_sub(16)) + back)
}

/// `--password secret`, `-Password 'secret'`, `"--token", "secret"` at the first hyphen; returns where to go on.
pub(super) fn option(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let bytes = cursor.bytes();
    let hyphens = bytes[at..].iter().take_while(|byte| **byte == b'-').count();
    let is_start = at == 0
        || matches!(bytes[at - 1], byte if byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'[' | b'('));
    if hyphens > 2 || !is_start {
        return at + hyphens;
    }
    let start = at + hyphens;
    let length = bytes[start..]
        .iter()
        .take(MAX_KEY)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        .count();
    let name = &cursor.text[start..start + length];
    let mut end = start + length;
    // The next string of a list of arguments.
    let in_list = matches!(bytes.get(end), Some(b'"' | b'\'')) && bytes.get(end + 1) == Some(&b',');
    end += if in_list { 2 } else { 0 };
    if length < 1 || !matches!(bytes.get(end), Some(b' ' | b'\t')) && !in_list {
        return start;
    }
    let value = extent::skip_blanks(bytes, end);
    if matches!(name, "u" | "user" | "proxy-user") {
        return user(cursor, value);
    }
    let sense = if length > 1 {
        cursor.rules.sense(name)
    } else {
        Sense::Harmless
    };
    let first = cursor.text[value..]
        .split_ascii_whitespace()
        .next()
        .unwrap_or_default();
    let goes_on = matches!(
        first,
        "option" | "flag" | "argument" | "given" | "requires" | "needs" | "if" | "to" | "with" | ""
    );
    if sense == Sense::Harmless || goes_on || first.starts_with('-') || first.starts_with('=') {
        return start;
    }
    let context = cursor.context(Sense::Weak);
    let context = if in_list {
        Context {
            enclosing: None,
            ..context
        }
    } else {
        context
    };
    hide_value(
        cursor,
        end,
        sense,
        Setting {
            may_be_prose: true,
            ..Setting::default()
        },
        context,
        "",
    )
    .max(start)
}

/// `-u name:secret`.
fn user(cursor: &mut Cursor<'_>, start: usize) -> usize {
    let bytes = cursor.bytes();
    let context = cursor.context(Sense::Weak);
    let Some(window) = cursor.text.get(..bytes.len().min(start + LIMIT)) else {
        return start;
    };
    let Some(value) = extent::value(window, start, context).map(|value| value.hidden) else {
        return start;
    };
    let Some(colon) = cursor.text[value.clone()]
        .find(':')
        .map(|colon| value.start + colon)
    else {
        return start;
    };
    let secret = &bytes[colon + 1..value.end];
    let is_credential = !secret.is_empty()
        && !secret.iter().all(u8::is_ascii_digit)
        && !secret.starts_with(b"//")
        && secret[0] != b'[';
    if is_credential && value.len() < LIMIT {
        cursor.hide(colon + 1..value.end)
    } else {
        start
    }
}

/// An opaque word after the name of a secret, with nothing but a space between: `login app password s3cr3tW0rd`.
pub(super) fn bare(cursor: &mut Cursor<'_>, start: usize, end: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    if cursor.before(start) != Some(b' ') || !is_opaque(&cursor.text[start..end]) {
        return None;
    }
    let limit = start.saturating_sub(MAX_KEY).max(cursor.floor);
    let before = &cursor.text[limit..start - 1];
    let before = before.strip_suffix(" is").unwrap_or(before);
    let length = before
        .bytes()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
        .count();
    let word = &before[before.len() - length..];
    (cursor.rules.sense(word) == Sense::Secret).then(|| cursor.hide(start..end))
}
