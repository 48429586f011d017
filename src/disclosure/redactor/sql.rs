//! SQL: literals after a word, and the rows of an `INSERT`.

use super::cursor::Cursor;
use super::extent::{Context, Kind};
use super::key::Sense;
use super::lines::LIMIT;
use super::quotes::Quote;
use super::value::Setting;
use super::{judge, read};

/// `PASSWORD 'secret'`, `IDENTIFIED BY 'secret'`: a literal that needs no separator, at its quote.
pub(super) fn literal(cursor: &mut Cursor<'_>, at: usize, quote: Quote) -> Option<usize> {
    let start = at - quote.slashes;
    (cursor.before(start) == Some(b' ')).then_some(())?;
    let word = cursor.word_before(start - 1, b"_");
    let is_identified = word.eq_ignore_ascii_case("by") && {
        let before = cursor.word_before((start - 1 - word.len()).saturating_sub(1), b"");
        before.eq_ignore_ascii_case("identified")
    };
    if !is_identified && cursor.rules.sense(word) != Sense::Secret {
        return None;
    }
    let setting = Setting {
        may_be_prose: true,
        ..Setting::default()
    };
    let context = cursor.context();
    let next = judge::value(cursor, start, Sense::Secret, setting, context, "");
    (next > start).then_some(next)
}

/// `INSERT INTO t (email, password) VALUES ('…', '…'), …` at the word `VALUES`; returns where to go on.
pub(super) fn values(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let word = cursor.bytes().get(at..at + 6)?;
    word.eq_ignore_ascii_case(b"values").then_some(())?;
    let is_space = |byte: &&u8| byte.is_ascii_whitespace();
    let close = at - cursor.behind(at).iter().rev().take_while(is_space).count();
    (cursor.before(close) == Some(b')')).then_some(())?;
    let limit = close.saturating_sub(2 * LIMIT).max(cursor.floor);
    let open = limit
        + cursor.bytes()[limit..close]
            .iter()
            .rposition(|byte| *byte == b'(')?;
    let columns = cursor.text[open + 1..close - 1].split(',');
    let senses: Vec<Sense> = columns.map(|column| cursor.rules.sense(column)).collect();
    senses
        .iter()
        .any(|sense| *sense != Sense::Harmless)
        .then_some(())?;
    let mut next = cursor.skip_space(at + 6);
    while cursor.bytes().get(next) == Some(&b'(') {
        next = row(cursor, next + 1, &senses);
        let comma = usize::from(cursor.bytes().get(next) == Some(&b','));
        next = cursor.skip_space(next + comma);
    }
    Some(next)
}

/// One row of values; returns where it ends.
fn row(cursor: &mut Cursor<'_>, mut at: usize, senses: &[Sense]) -> usize {
    let context = Context {
        in_brackets: true,
        ..cursor.context()
    };
    let mut senses = senses.iter();
    loop {
        at = cursor.skip_space(at);
        let Some(value) = read::value(cursor.text, at, context) else {
            return at;
        };
        let is_quoted = value.kind == Kind::Quoted;
        let sense = *senses.next().unwrap_or(&Sense::Harmless);
        judge::value(cursor, at, sense, Setting::default(), context, "");
        let end = if is_quoted {
            judge::after_quote(cursor, value.hidden.end)
        } else {
            value.hidden.end
        };
        at = cursor.skip_space(end.max(at));
        match cursor.bytes().get(at) {
            Some(b',') => at += 1,
            Some(b')') => return at + 1,
            _ => return at,
        }
    }
}
