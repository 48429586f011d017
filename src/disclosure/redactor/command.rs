//! Command lines, and other places where a blank is all there is between a name and its secret.

use super::cursor::Cursor;
use super::extent::Context;
use super::key::Sense;
use super::value::{Setting, is_opaque};
use super::{judge, lines, read};

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
        return None;
    }
    if matches!(name, "u" | "user" | "proxy-user") {
        return user(cursor, value);
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
    if word == "is" && start > 4 {
        word = cursor.word_before(start - 4, b"_-");
    }
    (cursor.rules.sense(word) == Sense::Secret).then(|| cursor.hide(start..end))
}
