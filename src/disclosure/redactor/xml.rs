//! XML: elements, and those that have their names in an attribute.

use super::cursor::Cursor;
use super::key::Sense;
use super::lines::LIMIT;
use super::value::{Setting, is_secret};
use super::work;

/// `<password>…</password>` at the `<`; returns where to go on.
pub(super) fn element(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let name = cursor.word_at(at + 1, b"_:.-");
    let sense = if name.contains("::") {
        Sense::Harmless
    } else {
        cursor.rules.sense(name)
    };
    (sense != Sense::Harmless).then_some(())?;
    let close = cursor
        .ahead(at)
        .find('>')
        .filter(|close| !cursor.text[..at + close].ends_with('/'))?;
    content(cursor, at + close + 1, sense, cursor.starts_word(at))
}

/// The content of `<property name="password">…</property>` at the `>` of its tag; returns where to go on.
pub(super) fn named(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let (sense, _) = cursor
        .named
        .take()
        .filter(|(_, named)| at - named < LIMIT)?;
    content(cursor, at + 1, sense, false)
}

/// Hides what is between two tags, or what a tag is followed by where the text was cut off.
fn content(cursor: &mut Cursor<'_>, start: usize, sense: Sense, may_be_cut: bool) -> Option<usize> {
    let rest = &cursor.text[start..];
    let (start, end) = match rest.strip_prefix("<![CDATA[") {
        Some(data) => (
            start + 9,
            data.find("]]>")
                .map_or(cursor.text.len(), |length| start + 9 + length),
        ),
        None => (
            start,
            rest.find('<')
                .map_or(cursor.text.len(), |length| start + length),
        ),
    };
    work::note(end - start);
    let is_cut = end == cursor.text.len();
    let content = &cursor.text[start..end];
    // A generic type or a placeholder has no content and no end.
    let is_element = match &cursor.bytes()[end..] {
        [b'<', b'/', ..] | [b']', ..] => true,
        _ => is_cut && may_be_cut && content.starts_with(|first: char| !first.is_whitespace()),
    };
    let setting = Setting {
        may_be_prose: true,
        ..Setting::default()
    };
    if is_element && (content.len() > LIMIT || is_secret(cursor.rules, sense, content, setting)) {
        return Some(cursor.hide(start..end));
    }
    None
}
