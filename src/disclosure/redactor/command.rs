//! Command lines, and other places where a blank is all there is between a name and its secret.

use super::cursor::Cursor;
use super::edit::REDACTED;
use super::extent::Context;
use super::key::Sense;
use super::value::{Setting, is_opaque};
use super::{clients, judge, lines, read};

/// Words that follow the name of an option in a sentence.
const SENTENCE: [&str; 9] = [
    "argument", "flag", "given", "if", "needs", "option", "requires", "to", "with",
];

/// `--password secret`, `-Password 'secret'`, `"--token", "secret"` at the first hyphen; returns where to go on.
pub(super) fn option(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    let hyphens = bytes[at..].iter().take_while(|byte| **byte == b'-').count();
    let before = at.checked_sub(1).map(|before| bytes[before]);
    let is_start = before.is_none_or(|byte| {
        byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`' | b'[' | b'(')
    });
    let start = at + hyphens;
    if hyphens > 2 || !is_start {
        return Some(start);
    }
    let name = cursor.word_at(start, b"-_.");
    let mut end = start + name.len();
    // The next string of a list of arguments.
    let in_list = matches!(bytes.get(end..end + 2), Some([b'"' | b'\'', b',']));
    end += if in_list { 2 } else { 0 };
    let value = lines::skip_blanks(bytes, end);
    if name.is_empty() || (value == end && !in_list) {
        return single_letter(cursor, hyphens, start);
    }
    if matches!(name, "u" | "user" | "proxy-user") {
        return user(cursor, value);
    }
    if let Some(end) = single_letter(cursor, hyphens, start) {
        return Some(end);
    }
    let first = cursor.ahead(value).split_ascii_whitespace().next()?;
    let sense = if name.len() > 1 {
        cursor.rules.sense(name)
    } else {
        Sense::Harmless
    };
    if sense == Sense::Harmless || SENTENCE.contains(&first) || first.starts_with(['-', '=']) {
        return None;
    }
    let enclosing = cursor.quote.filter(|_| !in_list);
    let context = Context {
        enclosing,
        ..cursor.context()
    };
    let setting = Setting {
        may_be_prose: true,
        ..Setting::default()
    };
    Some(judge::value(cursor, end, sense, setting, context, ""))
}

fn single_letter(cursor: &mut Cursor<'_>, hyphens: usize, start: usize) -> Option<usize> {
    (hyphens == 1)
        .then(|| clients::password(cursor, start))
        .flatten()
}

/// `Password - s3cr3t` at the hyphen: one word with a digit in it. Returns where it ends.
pub(super) fn dash(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    if cursor.before(at) != Some(b' ') || bytes.get(at + 1) != Some(&b' ') {
        return None;
    }
    let word = cursor.word_before(at - 1, b"_-");
    if cursor.rules.sense(word) != Sense::Secret {
        return None;
    }
    let start = at + 2;
    let rest = cursor.ahead(start).lines().next().unwrap_or_default();
    let secret = rest.split(' ').next().unwrap_or_default();
    let is_mixed = secret.len() >= 4
        && secret.bytes().any(|byte| byte.is_ascii_digit())
        && secret.bytes().any(|byte| byte.is_ascii_alphabetic());
    (is_mixed && !secret.contains(REDACTED)).then(|| cursor.hide(start..start + secret.len()))
}

/// `-u name:secret`.
fn user(cursor: &mut Cursor<'_>, start: usize) -> Option<usize> {
    let window = &cursor.text[..start + cursor.ahead(start).len()];
    let value = read::value(window, start, cursor.context())?.hidden;
    let colon = value.start + window[value.clone()].find(':')?;
    let secret = &window[colon + 1..value.end];
    let is_number = secret.bytes().all(|byte| byte.is_ascii_digit());
    (!is_number && !secret.starts_with("//") && !secret.starts_with('['))
        .then(|| cursor.hide(colon + 1..value.end))
}

/// An opaque word after the name of a secret: `login app password s3cr3tW0rd`, `the password is s3cr3tW0rd`.
pub(super) fn bare(cursor: &mut Cursor<'_>, start: usize, end: usize) -> Option<usize> {
    (cursor.before(start) == Some(b' ') && is_opaque(&cursor.text[start..end])).then_some(())?;
    let mut word = cursor.word_before(start - 1, b"_-");
    if matches!(word, "is" | "was" | "to" | "as") {
        let end = start - 1 - word.len();
        word = cursor.word_before(end.saturating_sub(1), b"_-");
    }
    (cursor.rules.sense(word) == Sense::Secret).then(|| cursor.hide(start..end))
}
