//! The tables of TOML and the sections of INI files: `[credentials]` and the lines below it.

use super::cursor::{Cursor, MAX_KEY};
use super::key::Sense;
use super::lines::at_line_end;
use super::members;

/// A header that is alone on its line, at its bracket: the lines below belong to it.
pub(super) fn header(cursor: &mut Cursor<'_>, at: usize) {
    let bytes = cursor.bytes();
    if bytes[at] != b'[' || !matches!(cursor.before(at), None | Some(b'\n' | b'[')) {
        return;
    }
    let name = cursor.word_at(at + 1, b"_-. ");
    let end = at + 1 + name.len();
    let close = bytes[end..]
        .iter()
        .take(2)
        .take_while(|byte| **byte == b']')
        .count();
    if close == 0 || name.len() == MAX_KEY || !at_line_end(bytes, end + close) {
        return;
    }
    cursor.table = cursor.rules.sense(name);
}

/// The sense of `key = …` on a line of its own, by its table.
pub(super) fn sense(cursor: &Cursor<'_>, key: &str, start: usize) -> Sense {
    let is_line = matches!(cursor.before(start), None | Some(b'\n'));
    if cursor.table == Sense::Harmless || !is_line {
        return Sense::Harmless;
    }
    members::sense(cursor.rules, cursor.table, key)
}
