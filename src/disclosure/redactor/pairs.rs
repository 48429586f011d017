//! Keys and values: `password=…`, `"password": …`, `password => …`, `("password", "…")`, and names and values that
//! are members themselves.

use std::borrow::Cow;

use super::cursor::{Cursor, Dialect, MAX_KEY};
use super::edit::{Edit, REDACTED};
use super::extent::{self, Context, Extent, Kind, LIMIT, Quote, Stop};
use super::key::{Rules, Sense};
use super::value::{Setting, is_secret};

/// How far a value may be from its name.
const NEAR: usize = 320;

/// The key before a separator.
struct Key<'a> {
    name: Cow<'a, str>,
    /// Where it starts, without its quote.
    start: usize,
    /// The quote around it, with its backslashes.
    quote: &'a str,
    is_column: bool,
}

/// A separator: its ends, and whether blanks are around it.
#[derive(Clone, Copy)]
struct Separator {
    start: usize,
    end: usize,
    is_colon: bool,
    is_spaced: bool,
}

/// A separator at `at`; returns where to go on.
pub(super) fn pair(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let separator = match separator(cursor.bytes(), at) {
        Ok(separator) => separator,
        Err(end) => return end,
    };
    if let Some(end) = serialized(cursor, at) {
        return end;
    }
    let Some(key) = key_before(cursor, separator) else {
        return separator.end;
    };
    let (sense, setting) = sense(cursor, &key, separator);
    if cursor.dialect == Dialect::Source {
        return if sense == Sense::Harmless {
            separator.end
        } else {
            literal(cursor, sense, separator.end)
        };
    }
    let sense = match member_role(&key.name) {
        Some(Role::Name) if sense == Sense::Harmless => return name(cursor, separator.end),
        Some(Role::Value) if sense == Sense::Harmless => {
            let named = cursor.named.filter(|&(_, named)| at - named < NEAR);
            let Some((sense, _)) = named else {
                cursor.unnamed = Some(separator.end);
                return separator.end;
            };
            sense
        }
        _ => sense,
    };
    if sense == Sense::Harmless {
        return separator.end;
    }
    let context = context(cursor, &key, separator, sense);
    hide_value(cursor, separator.end, sense, setting, context, key.quote)
}

/// Judges the value at `at` and hides it; returns where to go on.
pub(super) fn hide_value(
    cursor: &mut Cursor<'_>,
    at: usize,
    sense: Sense,
    setting: Setting,
    context: Context,
    quote: &str,
) -> usize {
    let Some(extent) = value_of(cursor, at, sense, setting, context) else {
        return at;
    };
    let Extent { hidden, kind } = extent;
    match kind {
        Kind::Quoted => {
            let end = cursor.hide(hidden.clone());
            // Past the closing quote.
            let slashes = cursor.bytes()[end..]
                .iter()
                .take_while(|byte| **byte == b'\\')
                .count();
            end + slashes + 1
        }
        Kind::Group | Kind::Plain if !quote.is_empty() => {
            cursor.edit(Edit::hide_quoted(hidden, quote))
        }
        _ => cursor.hide(hidden),
    }
    .min(cursor.text.len())
}

/// The value at `at` if it has to be hidden.
fn value_of(
    cursor: &mut Cursor<'_>,
    at: usize,
    sense: Sense,
    setting: Setting,
    context: Context,
) -> Option<Extent> {
    let text = cursor.text;
    if sense == Sense::Weak && is_known_group(cursor, at) {
        return None;
    }
    let extent = extent::value(text, at, context)?;
    let value = &text[extent.hidden.clone()];
    if value.is_empty() || value == REDACTED {
        return None;
    }
    let is_hidden = match extent.kind {
        Kind::Broken => true,
        Kind::Group => !setting.after_prose && hides_group(cursor, &extent, sense),
        Kind::Quoted => {
            let setting = Setting {
                may_be_prose: true,
                is_tight_colon: false,
                ..setting
            };
            is_secret(cursor.rules, sense, head(value), setting)
        }
        Kind::Block => {
            !is_mapping(value, sense)
                && is_secret(
                    cursor.rules,
                    sense,
                    value
                        .lines()
                        .next()
                        .unwrap_or_default()
                        .trim_start_matches("- "),
                    setting,
                )
        }
        Kind::Plain => {
            // A sentence is looked at beyond the first word.
            let line = head(&text[extent.hidden.start..])
                .lines()
                .next()
                .unwrap_or_default();
            let judged = if setting.may_be_prose && sense != Sense::Secret && value.len() < LIMIT {
                line
            } else {
                value
            };
            value.len() >= LIMIT
                || (is_secret(cursor.rules, sense, judged, setting)
                    && (judged.len() == value.len()
                        || is_secret(cursor.rules, sense, value, setting)))
        }
    };
    if !is_hidden && value.starts_with(['$', '?']) {
        cursor.binds = true;
    }
    is_hidden.then_some(extent)
}

/// Whether the group at `at` is part of one that was looked at.
fn is_known_group(cursor: &Cursor<'_>, at: usize) -> bool {
    let bytes = cursor.bytes();
    let open = extent::opening_bracket(bytes, skip_spaces(bytes, at));
    open.is_some_and(|open| match bytes[open] {
        b'{' => cursor.owner.is_some_and(|(end, _)| open < end),
        _ => open < cursor.bare_until,
    })
}

/// As much of a text as is worth judging.
fn head(text: &str) -> &str {
    let mut end = text.len().min(LIMIT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Indented members, which have keys of their own.
fn is_mapping(block: &str, sense: Sense) -> bool {
    let line = block.lines().next().unwrap_or_default();
    sense == Sense::Weak
        && line
            .split_once(':')
            .is_some_and(|(key, _)| !key.is_empty() && !key.contains(' '))
}

/// A group is hidden whole after a secret's key; after a weaker one if it is a list that holds a literal.
fn hides_group(cursor: &mut Cursor<'_>, extent: &Extent, sense: Sense) -> bool {
    let value = &cursor.text[extent.hidden.clone()];
    if sense != Sense::Weak {
        let inner = value.trim_matches(|c: char| {
            matches!(c, '[' | ']' | '(' | ')' | '{' | '}' | '"' | '\'' | ' ')
        });
        return is_secret(
            cursor.rules,
            sense,
            head(inner),
            Setting {
                may_be_prose: true,
                ..Setting::default()
            },
        );
    }
    if extent.hidden.start < cursor.bare_until {
        return false;
    }
    let opener = value
        .bytes()
        .find(|byte| matches!(byte, b'(' | b'[' | b'{'));
    let has_literal = value.bytes().any(|byte| matches!(byte, b'"' | b'\''));
    if opener == Some(b'{') {
        if cursor
            .owner
            .is_none_or(|(end, _)| end <= extent.hidden.start)
        {
            cursor.owner = Some((extent.hidden.end, sense));
        }
        return false;
    }
    let is_hidden = has_literal
        || (value.len() < LIMIT
            && value
                .split(['(', '[', ')', ']', ',', ' '])
                .any(super::value::is_opaque));
    if !is_hidden {
        cursor.bare_until = extent.hidden.end;
    }
    is_hidden
}

/// The separator at `at`, or where to go on if it is none.
fn separator(bytes: &[u8], at: usize) -> Result<Separator, usize> {
    let run = |from: usize, byte: u8| {
        bytes[from..]
            .iter()
            .take_while(|next| **next == byte)
            .count()
    };
    let (mut start, mut end, mut is_colon) = (at, at + 1, false);
    match bytes[at] {
        b':' => {
            let colons = run(at, b':');
            if colons > 1 {
                return Err(at + colons);
            }
            if bytes.get(at + 1) == Some(&b'=') {
                end = at + 2;
            } else {
                is_colon = true;
            }
        }
        b'=' => {
            end = at + run(at, b'=');
            if end - at > 3 {
                return Err(end);
            }
            end += usize::from(matches!(bytes.get(end), Some(b'>' | b'~')));
            start -= usize::from(at > 0 && matches!(bytes[at - 1], b'!' | b'~'));
        }
        b'>' => {
            if at == 0 || bytes[at - 1] != b'-' {
                return Err(at + 1);
            }
            start = at - 1;
        }
        // A full-width colon or equals sign.
        _ => {
            if !matches!(bytes.get(at..at + 3), Some([0xEF, 0xBC, 0x9A | 0x9D])) {
                return Err(at + 1);
            }
            end = at + 3;
            is_colon = true;
        }
    }
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t' | b'\n' | b'\r'));
    let is_spaced =
        is_blank(bytes.get(end)) || (!is_colon && start > 0 && is_blank(bytes.get(start - 1)));
    Ok(Separator {
        start,
        end,
        is_colon,
        is_spaced,
    })
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || !byte.is_ascii()
        || matches!(byte, b'_' | b'-' | b'.' | b'$' | b'[' | b']' | b'%')
}

/// The key that ends before the separator.
fn key_before<'a>(cursor: &Cursor<'a>, separator: Separator) -> Option<Key<'a>> {
    let bytes = cursor.bytes();
    let mut end = separator.start;
    let limit = end.saturating_sub(MAX_KEY).max(cursor.floor);
    while end > limit && matches!(bytes[end - 1], b' ' | b'\t' | b'*') {
        end -= 1;
    }
    if end == limit {
        return None;
    }
    // `headers["authorization"]`
    let last = bytes[end - 1];
    let is_index =
        matches!(last, b']' | b')') && end - 1 > limit && matches!(bytes[end - 2], b'"' | b'\'');
    let last = if is_index { end - 1 } else { end };
    if matches!(bytes[last - 1], b'"' | b'\'' | b'`') {
        return quoted_key(cursor.text, limit, last - 1);
    }
    if bytes[end - 1] == b')' {
        return columns(cursor, end - 1, separator.end);
    }
    let mut start = end;
    while start > limit && is_key_byte(bytes[start - 1]) {
        start -= 1;
    }
    while !cursor.text.is_char_boundary(start) {
        start += 1;
    }
    // The `n` of an escaped line break.
    if start > limit
        && bytes[start - 1] == b'\\'
        && matches!(bytes.get(start), Some(b'n' | b'r' | b't'))
        && start + 1 < end
    {
        start += 1;
    }
    if start == end {
        return None;
    }
    let before = cursor.before(start);
    let is_path = separator.is_colon
        && before == Some(b'/')
        && (!separator.is_spaced || is_rooted(bytes, limit, start));
    let is_type_path = before == Some(b':') && start >= 2 && bytes[start - 2] == b':';
    (!is_path && !is_type_path).then(|| Key {
        name: decoded_key(&cursor.text[start..end]),
        start,
        quote: "",
        is_column: false,
    })
}

/// Whether the path that ends here starts at a root: `/etc/`, `./`.
fn is_rooted(bytes: &[u8], limit: usize, end: usize) -> bool {
    let length = bytes[limit..end]
        .iter()
        .rev()
        .take_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b'"' | b'\'' | b'('))
        .count();
    matches!(bytes[end - length], b'/' | b'.' | b'~')
}

/// The key between quotes, the closing one at `close`.
fn quoted_key(text: &str, limit: usize, close: usize) -> Option<Key<'_>> {
    let bytes = text.as_bytes();
    let slashes = |at: usize| {
        bytes[limit..at]
            .iter()
            .rev()
            .take_while(|byte| **byte == b'\\')
            .count()
    };
    let own = slashes(close);
    let end = close - own;
    let mut open = end;
    loop {
        open = limit
            + bytes[limit..open]
                .iter()
                .rposition(|byte| *byte == bytes[close] || *byte == b'\n')?;
        if bytes[open] == b'\n' {
            return None;
        }
        if slashes(open) == own {
            break;
        }
    }
    let name = text.get(open + 1..end)?;
    Some(Key {
        name: decoded_key(name),
        start: open + 1,
        quote: &text[end..=close],
        is_column: false,
    })
}

/// `Key (tenant, api_token)=(1, …)`: Postgres names the columns, then the values.
fn columns<'a>(cursor: &Cursor<'a>, close: usize, value: usize) -> Option<Key<'a>> {
    let bytes = cursor.bytes();
    if bytes.get(value) != Some(&b'(') {
        return None;
    }
    let limit = close.saturating_sub(LIMIT).max(cursor.floor);
    let open = limit + bytes[limit..close].iter().rposition(|byte| *byte == b'(')?;
    let mut columns = cursor.text.get(open + 1..close)?.split(',');
    let name = columns.find(|column| cursor.rules.sense(column) != Sense::Harmless)?;
    Some(Key {
        name: Cow::Borrowed(name),
        start: open + 1,
        quote: "",
        is_column: true,
    })
}

/// A key without percent-encoding and `\u` escapes.
fn decoded_key(key: &str) -> Cow<'_, str> {
    if !key.contains(['%', '\\']) {
        return Cow::Borrowed(key);
    }
    let key = key.replace("\\u00", "%");
    let bytes: Vec<u8> = percent_decode(&key);
    Cow::Owned(String::from_utf8_lossy(&bytes).into_owned())
}

fn percent_decode(text: &str) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = |byte: &u8| char::from(*byte).to_digit(16);
        rest = match after {
            [high, low, after @ ..]
                if byte == b'%' && hex(high).is_some() && hex(low).is_some() =>
            {
                let value = hex(high).unwrap_or(0) * 16 + hex(low).unwrap_or(0);
                decoded.push(u8::try_from(value).unwrap_or(b'?'));
                after
            }
            _ => {
                decoded.push(byte);
                after
            }
        };
    }
    decoded
}

/// What a key says of its value where it stands, and what may follow it.
fn sense(cursor: &mut Cursor<'_>, key: &Key<'_>, separator: Separator) -> (Sense, Setting) {
    let mut setting = Setting {
        may_be_prose: separator.is_colon && separator.is_spaced,
        after_prose: false,
        is_tight_colon: separator.is_colon && !separator.is_spaced,
    };
    let mut sense = cursor.rules.sense(&key.name);
    if key.is_column {
        return (Sense::Secret, setting);
    }
    if matches!(&*key.name, "is" | "was") && key.quote.is_empty() {
        sense = cursor.rules.sense(word_before(cursor, key));
    }
    if sense != Sense::Harmless {
        let (before, ahead) = (word_before(cursor, key), first_word(&key.name));
        // `arn:aws:…:secret:name`
        let is_part = setting.is_tight_colon
            && cursor.before(key.start) == Some(b':')
            && !cursor.starts_word(key.start - 1);
        setting.after_prose = is_part
            || separator.is_colon
                && (is_prose_word(before)
                    || (ahead.len() < key.name.len() && is_prose_word(ahead)));
        return (sense, setting);
    }
    if is_in_query(cursor, key) {
        sense = query_sense(cursor, key);
    }
    if sense == Sense::Harmless
        && cursor.owner.is_some_and(|(end, _)| key.start < end)
        && matches!(&*key.name, "id" | "key" | "value" | "raw" | "data")
    {
        sense = Sense::Weak;
    }
    if sense == Sense::Harmless
        && cursor.binds
        && matches!(&*key.name, "binds" | "params" | "parameters" | "args")
    {
        sense = Sense::Weak;
    }
    if sense == Sense::Harmless
        && key.quote.is_empty()
        && separator.end - key.start < MAX_KEY
        && Rules::wants_qualifier(&key.name)
    {
        let words = word_before(cursor, key);
        if !words.is_empty() {
            sense = cursor
                .rules
                .sense_in_prose(&format!("{words} {}", key.name));
        }
    }
    (sense, setting)
}

/// The word before the key of a sentence, over one space.
fn word_before<'a>(cursor: &Cursor<'a>, key: &Key<'_>) -> &'a str {
    let bytes = cursor.bytes();
    let end = key.start.saturating_sub(1);
    if !key.quote.is_empty() || end <= cursor.floor || bytes[end] != b' ' {
        return "";
    }
    let limit = end.saturating_sub(24).max(cursor.floor);
    let length = bytes[limit..end]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        .count();
    &cursor.text[end - length..end]
}

fn first_word(name: &str) -> &str {
    let end = name
        .bytes()
        .skip(1)
        .position(|byte| !byte.is_ascii_lowercase())
        .map_or(name.len(), |length| length + 1);
    name.get(..end).unwrap_or(name)
}

/// What announces that something was read which nobody expected.
fn is_prose_word(word: &str) -> bool {
    [
        "unexpected",
        "expected",
        "expecting",
        "invalid",
        "next",
        "malformed",
        "missing",
        "unknown",
        "unrecognized",
    ]
    .iter()
    .any(|prose| word.eq_ignore_ascii_case(prose))
}

fn is_in_query(cursor: &Cursor<'_>, key: &Key<'_>) -> bool {
    key.quote.is_empty() && matches!(cursor.before(key.start), Some(b'?' | b'&' | b'#'))
}

/// Keys that count in query strings alone.
fn query_sense(cursor: &mut Cursor<'_>, key: &Key<'_>) -> Sense {
    match &*key.name.to_ascii_lowercase() {
        "key" | "sig" | "st" => Sense::Weak,
        "code" if has_state(cursor, key.start) => Sense::Secret,
        _ => Sense::Harmless,
    }
}

/// Whether the query around `at` has a `state` too.
fn has_state(cursor: &mut Cursor<'_>, at: usize) -> bool {
    if at >= cursor.query.0 {
        let bytes = cursor.bytes();
        let ends =
            |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>');
        let start = bytes[..at]
            .iter()
            .rev()
            .take(LIMIT)
            .position(ends)
            .map_or(at.saturating_sub(LIMIT), |back| at - back);
        let end = bytes[at..]
            .iter()
            .position(ends)
            .map_or(bytes.len(), |length| at + length);
        let has = bytes[start..end]
            .windows(7)
            .any(|part| matches!(part[0], b'?' | b'&' | b'#') && &part[1..] == b"state=");
        cursor.query = (end, has);
    }
    cursor.query.1
}

/// What surrounds the value of a key, and where it may end.
fn context(cursor: &Cursor<'_>, key: &Key<'_>, separator: Separator, sense: Sense) -> Context {
    let is_header = separator.is_colon && sense == Sense::Line;
    let has_words = sense == Sense::Secret && (separator.is_colon || separator.is_spaced);
    let stop = match () {
        () if is_header => Stop::Never,
        () if separator.is_colon && separator.is_spaced => Stop::AfterComma,
        () => Stop::AfterSpace,
    };
    Context {
        has_line: sense == Sense::Line || (has_words && cursor.dialect == Dialect::Text),
        stop,
        is_assignment: !separator.is_colon,
        is_query: is_in_query(cursor, key) || cursor.dialect == Dialect::Url,
        // After a key in quotes of this kind none is open.
        enclosing: cursor.quote.filter(|open| {
            !key.quote.ends_with(char::from(open.byte)) || open.slashes + 1 != key.quote.len()
        }),
        ..cursor.context(sense)
    }
}

enum Role {
    Name,
    Value,
}

/// The members of `{"name": "password", "value": "…"}`.
fn member_role(key: &str) -> Option<Role> {
    let role = key.trim_start_matches(['@', '$', ':']);
    if [
        "name",
        "key",
        "header",
        "field",
        "id",
        "k",
        "param",
        "parameter",
        "variable",
        "n",
    ]
    .iter()
    .any(|name| role.eq_ignore_ascii_case(name))
    {
        return Some(Role::Name);
    }
    let is_value = [
        "value",
        "val",
        "v",
        "content",
        "data",
        "string_value",
        "stringvalue",
    ]
    .iter()
    .any(|name| role.eq_ignore_ascii_case(name));
    is_value.then_some(Role::Value)
}

/// The value of `name`: if it is a sensitive key, the value near it is sensitive.
fn name(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let window = at + head(&cursor.text[at..]).len();
    let Some(extent) = extent::value(&cursor.text[..window], at, cursor.context(Sense::Weak))
    else {
        return at;
    };
    if !matches!(extent.kind, Kind::Quoted | Kind::Plain) || extent.hidden.len() > MAX_KEY {
        return at;
    }
    let sense = cursor.rules.sense(&cursor.text[extent.hidden.clone()]);
    cursor.named = None;
    if sense == Sense::Harmless {
        return at;
    }
    // After the closing quote.
    let slashes = cursor.bytes()[extent.hidden.end..]
        .iter()
        .take_while(|byte| **byte == b'\\')
        .count();
    let end = if extent.kind == Kind::Quoted {
        extent.hidden.end + slashes + 1
    } else {
        extent.hidden.end
    };
    let end = end.min(cursor.text.len());
    if let Some(value) = cursor.unnamed.take()
        && value >= cursor.floor
        && at - value < NEAR
    {
        let context = cursor.context(sense);
        hide_value(cursor, value, sense, Setting::default(), context, "");
        return end.max(cursor.floor);
    }
    cursor.named = Some((sense, at));
    multipart(cursor, end)
}

/// The body of a form's part, after `name="password"` and an empty line.
fn multipart(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let rest = &cursor.text[at..];
    let Some(start) = ["\r\n\r\n", "\n\n", "\\r\\n\\r\\n"]
        .into_iter()
        .find(|gap| rest.starts_with(gap))
        .map(|gap| at + gap.len())
    else {
        return at;
    };
    let body = &cursor.text[start..];
    let length = body
        .find("\n--")
        .or_else(|| body.find("\\r\\n--"))
        .map_or(body.len(), |end| body[..end].trim_end_matches('\r').len());
    cursor.hide(start..start + length)
}

/// `("password", "…")` and, in a list, `["password", "…"]`; returns where to go on.
pub(super) fn tuple(cursor: &mut Cursor<'_>, at: usize) -> usize {
    let bytes = cursor.bytes();
    if let Some(end) = newtype(cursor, at) {
        return end;
    }
    if bytes[at] == b'[' {
        let before = bytes[cursor.floor.max(at.saturating_sub(8))..at]
            .iter()
            .rev()
            .find(|byte| !byte.is_ascii_whitespace());
        if !matches!(before, Some(b'[' | b',')) {
            return at + 1;
        }
    }
    let context = Context {
        in_brackets: true,
        ..cursor.context(Sense::Weak)
    };
    let start = skip_spaces(bytes, at + 1);
    let Some((end, sense)) = quoted_name(cursor, start, context) else {
        return at + 1;
    };
    let comma = skip_spaces(bytes, end);
    if sense == Sense::Harmless || bytes.get(comma) != Some(&b',') {
        return at + 1;
    }
    let value = skip_spaces(bytes, comma + 1);
    let closes = extent::value(cursor.text, value, context).is_some_and(|extent| {
        let after = extent.hidden.end + usize::from(extent.kind == Kind::Quoted);
        let after = after
            + bytes[after.min(bytes.len())..]
                .iter()
                .take_while(|byte| {
                    matches!(byte, b'\\' | b'"' | b'\'' | b',') || byte.is_ascii_whitespace()
                })
                .count();
        matches!(bytes.get(after), None | Some(b')' | b']'))
    });
    if !closes {
        return at + 1;
    }
    cursor.brackets += 1;
    let next = hide_value(cursor, value, sense, Setting::default(), context, "");
    if next == value { end } else { next }
}

/// `Password("…")`: the literal in a type whose name is sensitive.
fn newtype(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    if bytes[at] != b'(' || cursor.dialect == Dialect::Source {
        return None;
    }
    extent::opening_quote(bytes, at + 1, cursor.context(Sense::Weak))?;
    let limit = at.saturating_sub(MAX_KEY).max(cursor.floor);
    let length = bytes[limit..at]
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    let name = &cursor.text[at - length..at];
    let sense = cursor.rules.sense(name);
    if sense == Sense::Harmless || !name.starts_with(|first: char| first.is_ascii_uppercase()) {
        return None;
    }
    let context = cursor.context(Sense::Weak);
    let next = hide_value(
        cursor,
        at + 1,
        sense,
        Setting {
            is_tight_colon: true,
            ..Setting::default()
        },
        context,
        "",
    );
    (next > at + 1).then_some(next)
}

/// `"password";s:7:"…"`: PHP's serialized strings, at the colon before the name.
fn serialized(cursor: &mut Cursor<'_>, at: usize) -> Option<usize> {
    let bytes = cursor.bytes();
    if bytes.get(at + 1) != Some(&b'"')
        || !at
            .checked_sub(1)
            .is_some_and(|before| bytes[before].is_ascii_digit())
    {
        return None;
    }
    let context = Context {
        enclosing: None,
        ..cursor.context(Sense::Weak)
    };
    let (end, sense) = quoted_name(cursor, at + 1, context)?;
    let rest = cursor.text[end..].strip_prefix(";s:")?;
    let digits = rest.bytes().take(9).take_while(u8::is_ascii_digit).count();
    if sense == Sense::Harmless || !rest[digits..].starts_with(":\"") {
        return None;
    }
    let value = end + 3 + digits + 1;
    let next = hide_value(cursor, value, sense, Setting::default(), context, "");
    (next > value).then_some(next)
}

/// The sense of the string that starts here, and where it ends with its quote.
pub(super) fn quoted_name(
    cursor: &Cursor<'_>,
    start: usize,
    context: Context,
) -> Option<(usize, Sense)> {
    let bytes = cursor.bytes();
    let (open, quote) = extent::opening_quote(bytes, start, context)?;
    let window = &bytes[..bytes.len().min(open + MAX_KEY)];
    let end = extent::closing_quote(window, open + 1, quote, context.enclosing)?;
    let name = cursor.text.get(open + 1..end)?;
    Some((end + quote.slashes + 1, cursor.rules.sense(name)))
}

fn skip_spaces(bytes: &[u8], at: usize) -> usize {
    at + bytes[at.min(bytes.len())..]
        .iter()
        .take(32)
        .take_while(|byte| byte.is_ascii_whitespace())
        .count()
}

/// In source code: hides the literal that the expression at `at` starts with; returns where to go on.
fn literal(cursor: &mut Cursor<'_>, sense: Sense, at: usize) -> usize {
    let bytes = cursor.bytes();
    let is_expression = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b' ' | b'_' | b':' | b'(' | b'&' | b'*' | b'<' | b'>' | b'='
            )
    };
    let mut start = at;
    while start < at + LIMIT && bytes.get(start).is_some_and(is_expression) {
        if cursor.starts_word(start)
            && extent::opening_quote(bytes, start, Context::default()).is_some()
        {
            break;
        }
        start += 1;
    }
    let Some((open, quote)) = extent::opening_quote(bytes, start, Context::default()) else {
        let start = extent::skip_blanks(bytes, at);
        let length = bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || **byte == b'_')
            .count();
        return if length > 0 && sense == Sense::Secret {
            cursor.hide(start..start + length)
        } else {
            at
        };
    };
    let end = closing(bytes, open, quote);
    // The name of a variable is not its value.
    let is_variable = cursor.text[open + 1..end]
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || matches!(byte, b'_' | b'0'..=b'9'))
        && cursor.text[at..open].contains("env");
    if is_variable {
        return at;
    }
    cursor.hide(open + 1..end);
    (end + quote.slashes + 1).min(bytes.len())
}

fn closing(bytes: &[u8], open: usize, quote: Quote) -> usize {
    extent::closing_quote(bytes, open + 1, quote, None).unwrap_or(bytes.len())
}
