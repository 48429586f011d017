//! `password=…`, `"password": …`, `password => …`: a key, a separator, a value.

use super::before::{self, Key, Separator};
use super::cursor::{Cursor, Dialect, MAX_KEY};
use super::extent::{Context, Stop};
use super::key::{Rules, Sense};
use super::lexicon::Role;
use super::lines::LIMIT;
use super::value::Setting;
use super::words::role;
use super::{judge, named, source, tables, work};

/// The separator at `at`; returns where to go on.
pub(super) fn pair(cursor: &mut Cursor<'_>, at: usize) -> usize {
    if let Some(end) = named::serialized(cursor, at) {
        return end;
    }
    let separator = match before::separator(cursor.bytes(), at) {
        Ok(separator) => separator,
        Err(end) => return end,
    };
    let Some(key) = before::key(cursor, separator) else {
        return separator.end;
    };
    let (mut sense, setting) = sense(cursor, &key, separator);
    if cursor.dialect == Dialect::Source {
        return if sense == Sense::Harmless {
            separator.end
        } else {
            source::literal(cursor, sense, separator.end)
        };
    }
    if sense == Sense::Harmless {
        match role(&key.name) {
            Some(Role::Name) => return named::name(cursor, separator.end),
            Some(Role::Value) => sense = named::sense_of_value(cursor, separator.end),
            None => {}
        }
    }
    if sense == Sense::Harmless {
        return separator.end;
    }
    let context = context(cursor, &key, separator, sense);
    judge::value(cursor, separator.end, sense, setting, context, key.quote)
}

/// What a key says of its value where it is, and what may follow it.
fn sense(cursor: &mut Cursor<'_>, key: &Key<'_>, separator: Separator) -> (Sense, Setting) {
    let mut setting = Setting {
        may_be_prose: separator.is_colon && separator.is_spaced,
        after_prose: false,
        is_tight_colon: separator.is_colon && !separator.is_spaced,
    };
    let name = &*key.name;
    let own = if key.is_column {
        Sense::Secret
    } else {
        cursor.rules.sense(name)
    };
    if own != Sense::Harmless {
        // `arn:aws:…:secret:name`
        let is_part = setting.is_tight_colon
            && cursor.before(key.start) == Some(b':')
            && !cursor.starts_word(key.start - 1);
        let first = name
            .bytes()
            .skip(1)
            .position(|byte| !byte.is_ascii_lowercase());
        let first = first
            .and_then(|length| name.get(..length + 1))
            .unwrap_or_default();
        let is_prose =
            separator.is_colon && (announces(word_before(cursor, key)) || announces(first));
        setting.after_prose = is_part || is_prose;
        return (own, setting);
    }
    let is_lone = key.quote.is_empty() && separator.end - key.start < MAX_KEY;
    let sense = match name {
        _ if is_in_query(cursor, key) => in_query(cursor, key),
        "id" | "key" | "value" | "raw" | "data" if key.start < cursor.owner_end => Sense::Weak,
        "nonce" if !separator.is_colon => {
            cursor.has_nonce = true;
            Sense::Harmless
        }
        "response" | "mac" if cursor.has_nonce && !separator.is_colon => Sense::Secret,
        "binds" | "params" | "parameters" | "args" if cursor.binds => Sense::Weak,
        // `the password is: …`
        "is" | "was" => cursor.rules.sense(word_before(cursor, key)),
        // `API key: …`
        _ if is_lone && cursor.before(key.start) == Some(b' ') && Rules::wants_qualifier(name) => {
            cursor
                .rules
                .sense_in_prose(&format!("{} {name}", word_before(cursor, key)))
        }
        // `Password for user bob: …`
        _ if setting.may_be_prose => prompt(cursor, key),
        _ if !separator.is_colon && is_lone => tables::sense(cursor, name, key.start),
        _ => Sense::Harmless,
    };
    (sense, setting)
}

/// The sense of what follows a prompt: the word before `for` on the line.
fn prompt(cursor: &Cursor<'_>, key: &Key<'_>) -> Sense {
    let before = cursor.behind(key.start);
    let line = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    let Some(end) = line.windows(5).rposition(|word| word == b" for ") else {
        return Sense::Harmless;
    };
    let word = cursor.word_before(key.start - line.len() + end, b"_-");
    match cursor.rules.sense(word) {
        Sense::Harmless => Sense::Harmless,
        _ => Sense::Weak,
    }
}

/// The word before a key without quotes, over one space.
fn word_before<'a>(cursor: &Cursor<'a>, key: &Key<'_>) -> &'a str {
    if !key.quote.is_empty() || cursor.before(key.start) != Some(b' ') {
        return "";
    }
    cursor.word_before(key.start - 1, b"-_")
}

/// Words after which a sentence names what was read: `unexpected token: …`.
fn announces(word: &str) -> bool {
    const WORDS: [&str; 9] = [
        "unexpected",
        "expected",
        "expecting",
        "invalid",
        "next",
        "malformed",
        "missing",
        "unknown",
        "unrecognized",
    ];
    WORDS
        .iter()
        .any(|announcing| word.eq_ignore_ascii_case(announcing))
}

fn is_in_query(cursor: &Cursor<'_>, key: &Key<'_>) -> bool {
    key.quote.is_empty() && matches!(cursor.before(key.start), Some(b'?' | b'&' | b'#'))
}

/// Keys that count in query strings alone.
fn in_query(cursor: &mut Cursor<'_>, key: &Key<'_>) -> Sense {
    match &*key.name.to_ascii_lowercase() {
        "key" | "sig" => Sense::Weak,
        "code" if has_state(cursor, key.start) => Sense::Secret,
        _ => Sense::Harmless,
    }
}

/// Whether the query around `at` has a `state` too.
fn has_state(cursor: &mut Cursor<'_>, at: usize) -> bool {
    if at >= cursor.query.0 {
        let bytes = cursor.bytes();
        let is_part =
            |byte: &&u8| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'<' | b'>');
        let start = at
            - bytes[..at]
                .iter()
                .rev()
                .take(LIMIT)
                .take_while(is_part)
                .count();
        let end = at + bytes[at..].iter().take_while(is_part).count();
        let is_state =
            |part: &[u8]| matches!(part[0], b'?' | b'&' | b'#') && &part[1..] == b"state=";
        work::note(end - start);
        cursor.query = (end, bytes[start..end].windows(7).any(is_state));
    }
    cursor.query.1
}

/// What surrounds the value of a key, and where it may end.
fn context(cursor: &Cursor<'_>, key: &Key<'_>, separator: Separator, sense: Sense) -> Context {
    let is_spaced_colon = separator.is_colon && separator.is_spaced;
    let is_option = cursor.before(key.start) == Some(b'/');
    let has_words =
        sense == Sense::Secret && (separator.is_colon || separator.is_spaced) && !is_option;
    Context {
        // After a key in quotes of this kind none is open.
        enclosing: cursor.quote.filter(|open| {
            !key.quote.ends_with(char::from(open.byte)) || open.slashes + 1 != key.quote.len()
        }),
        has_line: sense == Sense::Line || (has_words && cursor.dialect == Dialect::Text),
        stop: match sense {
            Sense::Line if separator.is_colon => Stop::Never,
            _ if is_spaced_colon => Stop::AfterComma,
            _ => Stop::AfterSpace,
        },
        is_assignment: !separator.is_colon,
        is_query: is_in_query(cursor, key) || cursor.dialect == Dialect::Url,
        ..cursor.context()
    }
}
