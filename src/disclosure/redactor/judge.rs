//! The value after a sensitive key: whether it is hidden, and what of it.

use super::cursor::{Cursor, head};
use super::edit::{Edit, REDACTED};
use super::extent::{Context, Extent, Kind};
use super::key::Sense;
use super::lines::LIMIT;
use super::value::{Setting, is_opaque, is_secret};
use super::{brackets, read};

/// Hides the value at `at` if it is a secret; returns where to go on, which is `at` if nothing was hidden.
pub(super) fn value(
    cursor: &mut Cursor<'_>,
    at: usize,
    sense: Sense,
    setting: Setting,
    context: Context,
    key_quote: &str,
) -> usize {
    let Some(Extent { hidden, kind }) = secret(cursor, at, sense, setting, context) else {
        return at;
    };
    match kind {
        Kind::Quoted => {
            let end = cursor.hide(hidden);
            after_quote(cursor, end)
        }
        // In JSON the marker needs the quotes that the value had not.
        Kind::Group | Kind::Plain if !key_quote.is_empty() => {
            cursor.edit(Edit::hide_quoted(hidden, key_quote))
        }
        _ => cursor.hide(hidden),
    }
}

/// Past the closing quote of a string whose content ends here.
pub(super) fn after_quote(cursor: &Cursor<'_>, end: usize) -> usize {
    let slashes = cursor.bytes()[end..]
        .iter()
        .take_while(|byte| **byte == b'\\')
        .count();
    (end + slashes + 1).min(cursor.text.len())
}

/// The value at `at` if it has to be hidden.
fn secret(
    cursor: &mut Cursor<'_>,
    at: usize,
    sense: Sense,
    setting: Setting,
    context: Context,
) -> Option<Extent> {
    if sense == Sense::Weak && is_known_group(cursor, at) {
        return None;
    }
    let extent = read::value(cursor.text, at, context)?;
    let value = &cursor.text[extent.hidden.clone()];
    if value.is_empty() || value == REDACTED {
        return None;
    }
    let judged = |value: &str, setting| is_secret(cursor.rules, sense, value, setting);
    let prose = Setting {
        may_be_prose: true,
        is_tight_colon: false,
        ..setting
    };
    let is_hidden = match extent.kind {
        Kind::Broken => true,
        Kind::Group => !setting.after_prose && hides_group(cursor, &extent, sense),
        Kind::Quoted => judged(head(value), prose),
        Kind::Block => {
            let line = head(value).lines().next().unwrap_or_default();
            !is_mapping(line, sense) && judged(line.trim_start_matches("- "), setting)
        }
        Kind::Plain if value.len() >= LIMIT => true,
        // A sentence is looked at beyond its first word.
        Kind::Plain if setting.may_be_prose && sense != Sense::Secret => {
            let line = cursor
                .ahead(extent.hidden.start)
                .lines()
                .next()
                .unwrap_or_default();
            judged(line, setting) && judged(value, setting)
        }
        Kind::Plain => judged(value, setting),
    };
    if !is_hidden && value.starts_with(['$', '?']) {
        cursor.binds = true;
    }
    is_hidden.then_some(extent)
}

/// Whether the group at `at` is part of one that was looked at.
fn is_known_group(cursor: &Cursor<'_>, at: usize) -> bool {
    let bytes = cursor.bytes();
    let open = brackets::opening_bracket(bytes, cursor.skip_space(at));
    open.is_some_and(|open| match bytes[open] {
        b'{' => cursor.owner_end > open,
        _ => cursor.bare_until > open,
    })
}

/// Indented members, which have keys of their own.
fn is_mapping(line: &str, sense: Sense) -> bool {
    let key = line.split_once(':').map(|(key, _)| key);
    sense == Sense::Weak && key.is_some_and(|key| !key.is_empty() && !key.contains(' '))
}

/// A group is hidden whole after a secret's key; after a weaker one if it is a list that holds a literal.
fn hides_group(cursor: &mut Cursor<'_>, Extent { hidden, .. }: &Extent, sense: Sense) -> bool {
    let value = &cursor.text[hidden.clone()];
    let is_edge = |character| {
        matches!(
            character,
            '[' | ']' | '(' | ')' | '{' | '}' | '"' | '\'' | ' ' | '\n'
        )
    };
    if sense != Sense::Weak {
        let setting = Setting {
            may_be_prose: true,
            ..Setting::default()
        };
        return is_secret(
            cursor.rules,
            sense,
            head(value.trim_matches(is_edge)),
            setting,
        );
    }
    if value
        .bytes()
        .find(|byte| matches!(byte, b'(' | b'[' | b'{'))
        == Some(b'{')
    {
        cursor.owner_end = hidden.end;
        return false;
    }
    let is_hidden = value.contains(['"', '\''])
        || (value.len() < LIMIT
            && value
                .split([',', ' '])
                .any(|item| is_opaque(item.trim_matches(is_edge))));
    if !is_hidden {
        cursor.bare_until = hidden.end;
    }
    is_hidden
}
