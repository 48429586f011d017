//! JSON texts, rewritten in place: what is not hidden stays byte for byte, and the result is JSON.

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::Dialect;
use super::edit::{Decoded, Edit};
use super::extent::{self, Quote};
use super::key::{Rules, Sense};
use super::members::{self, MAX_DEPTH};
use super::{text, work};

/// How deep JSON is looked for in strings of JSON.
const MAX_STRINGS: usize = 8;

/// What to hide of a text: as JSON if it is JSON, as any text otherwise.
pub(super) fn edits(text: &str, rules: &Rules) -> Vec<Edit> {
    document(text, rules, 0)
}

fn document(text: &str, rules: &Rules, strings: usize) -> Vec<Edit> {
    work::note(text.len());
    let start = text.len()
        - text
            .trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\u{FEFF}')
            .len();
    if !text[start..]
        .starts_with(|c: char| matches!(c, '{' | '[' | '"' | '-') || c.is_ascii_digit())
    {
        return text::edits(text, rules, Dialect::Text);
    }
    let mut reader = Reader {
        text,
        rules,
        edits: Vec::new(),
        strings,
    };
    match reader.documents(start) {
        Some(()) => reader.edits,
        None => text::edits(text, rules, Dialect::Text),
    }
}

/// What a value is, as far as its parent has to know.
struct Node<'a> {
    range: Range<usize>,
    /// The content of a string.
    text: Option<Cow<'a, str>>,
    /// Where its edits start.
    edits: usize,
}

/// What a value is in.
#[derive(Clone, Copy)]
struct Outer {
    sense: Sense,
    depth: usize,
    in_list: bool,
}

impl Default for Outer {
    fn default() -> Self {
        Self {
            sense: Sense::Harmless,
            depth: 0,
            in_list: false,
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    rules: &'a Rules,
    edits: Vec<Edit>,
    strings: usize,
}

impl<'a> Reader<'a> {
    /// One document or several, and nothing else.
    fn documents(&mut self, mut at: usize) -> Option<()> {
        while at < self.text.len() {
            let end = self.value(at, Outer::default())?.range.end;
            at = self.space(end);
        }
        Some(())
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn space(&self, at: usize) -> usize {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        at + self.text.as_bytes()[at..]
            .iter()
            .take_while(is_space)
            .count()
    }

    /// The value at `at`, whose key has this sense.
    fn value(&mut self, at: usize, outer: Outer) -> Option<Node<'a>> {
        let Outer { sense, depth, .. } = outer;
        let edits = self.edits.len();
        let mut content = None;
        let end = match self.byte(at)? {
            b'"' => {
                let (end, text) = self.string(at)?;
                self.judge(at..end, &text, sense);
                content = Some(text);
                end
            }
            b'[' if depth < MAX_DEPTH && self.byte(self.space(at + 1)) == Some(b'"') => {
                self.array(at, outer)?
            }
            b'{' | b'[' if depth == MAX_DEPTH || hides_whole(sense) => {
                let end = self.skip(at)?;
                let is_empty = self.text[at + 1..end - 1].trim().is_empty();
                if !is_empty {
                    self.hide(at..end);
                }
                end
            }
            b'{' => self.object(at, outer)?,
            b'[' => self.array(at, outer)?,
            _ => self.scalar(at, sense)?,
        };
        Some(Node {
            range: at..end,
            text: content,
            edits,
        })
    }

    fn hide(&mut self, range: Range<usize>) {
        self.edits.push(Edit::hide_quoted(range, "\""));
    }

    /// Hides a string, or what is sensitive in it.
    fn judge(&mut self, range: Range<usize>, content: &str, sense: Sense) {
        if members::hides_text(self.rules, sense, content) {
            return self.hide(range);
        }
        if !content.bytes().any(text::is_candidate) {
            return;
        }
        if self.strings == MAX_STRINGS && content.contains('\\') {
            return self.hide(range);
        }
        let edits = document(content, self.rules, self.strings + 1);
        if !edits.is_empty() {
            let decoded = decoded(&self.text[range.start + 1..range.end - 1], range.start + 1);
            self.edits.extend(decoded.edits(edits, |text| {
                text.replace('\\', "\\\\").replace('"', "\\\"")
            }));
        }
    }

    /// Where a string ends, and its content.
    fn string(&self, at: usize) -> Option<(usize, Cow<'a, str>)> {
        (self.byte(at)? == b'"').then_some(())?;
        let end = string_end(self.text.as_bytes(), at)?;
        let raw = &self.text[at + 1..end];
        let content = if raw.contains('\\') {
            Cow::Owned(decoded(raw, 0).text)
        } else {
            Cow::Borrowed(raw)
        };
        Some((end + 1, content))
    }

    fn scalar(&mut self, at: usize, sense: Sense) -> Option<usize> {
        let length = self.text[at..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
            .count();
        let scalar = &self.text[at..at + length];
        let is_number = scalar.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        if !is_number && !matches!(scalar, "true" | "false" | "null") {
            return None;
        }
        if is_number && members::hides_number(sense, scalar) {
            self.hide(at..at + length);
        }
        Some(at + length)
    }

    fn array(&mut self, open: usize, outer: Outer) -> Option<usize> {
        let mut sense = outer.sense;
        let mut nodes: [Option<Node<'a>>; 2] = [None, None];
        let mut count = 0;
        let mut at = self.space(open + 1);
        while self.byte(at)? != b']' {
            let node = self.value(
                at,
                Outer {
                    sense,
                    depth: outer.depth + 1,
                    in_list: true,
                },
            )?;
            at = self.next(node.range.end, b']')?;
            let option = node
                .text
                .as_deref()
                .filter(|text| text.starts_with("--") && !text.contains('='));
            sense = option.map_or(outer.sense, |option| self.rules.sense(option));
            if let Some(slot) = nodes.get_mut(count) {
                *slot = Some(node);
            }
            count += 1;
        }
        // A list of pairs.
        if let (
            [
                Some(Node {
                    text: Some(name), ..
                }),
                Some(value),
            ],
            2,
            true,
        ) = (&nodes, count, outer.in_list)
        {
            self.hide_named(name, value);
        }
        Some(at + 1)
    }

    fn object(&mut self, open: usize, outer: Outer) -> Option<usize> {
        let (mut name, mut value): (Option<Node<'a>>, Option<Node<'a>>) = (None, None);
        let mut at = self.space(open + 1);
        while self.byte(at)? != b'}' {
            let (end, key) = self.string(at)?;
            let colon = self.space(end);
            (self.byte(colon)? == b':').then_some(())?;
            let start = self.space(colon + 1);
            let node = self.value(
                start,
                Outer {
                    sense: members::sense(self.rules, outer.sense, &key),
                    depth: outer.depth + 1,
                    in_list: false,
                },
            )?;
            at = self.next(node.range.end, b'}')?;
            if members::is_name(&key) && node.text.is_some() {
                name = Some(node);
            } else if members::is_value(&key) {
                value = Some(node);
            }
        }
        if let (
            Some(Node {
                text: Some(text), ..
            }),
            Some(value),
        ) = (&name, &value)
        {
            self.hide_named(text, value);
        }
        Some(at + 1)
    }

    /// Past the comma, or at the end, after a member.
    fn next(&self, end: usize, close: u8) -> Option<usize> {
        let at = self.space(end);
        match self.byte(at)? {
            b',' => {
                let next = self.space(at + 1);
                (self.byte(next)? != close).then_some(next)
            }
            byte => (byte == close).then_some(at),
        }
    }

    /// Hides a value by the name that is beside it.
    fn hide_named(&mut self, name: &str, value: &Node<'_>) {
        let sense = self.rules.sense(name);
        let raw = &self.text[value.range.clone()];
        let is_hidden = match &value.text {
            Some(text) => members::hides_text(self.rules, sense, text),
            None if raw.starts_with(['{', '[']) => sense != Sense::Harmless,
            None => members::hides_number(sense, raw),
        };
        if !is_hidden {
            return;
        }
        let last = self.edits[value.edits..]
            .iter()
            .take_while(|edit| edit.range.end <= value.range.end)
            .count();
        self.edits.splice(
            value.edits..value.edits + last,
            [Edit::hide_quoted(value.range.clone(), "\"")],
        );
    }

    /// Past a value that is hidden whole, however deep.
    fn skip(&self, open: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut depth, mut at) = (0_usize, open);
        loop {
            match self.byte(at)? {
                b'"' => at = string_end(bytes, at)?,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth -= 1,
                _ => {}
            }
            at += 1;
            if depth == 0 {
                return Some(at);
            }
        }
    }
}

const fn hides_whole(sense: Sense) -> bool {
    matches!(sense, Sense::Secret | Sense::Line)
}

/// Where the string ends that starts at `open`.
fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    extent::closing_quote(
        bytes,
        open + 1,
        Quote {
            byte: b'"',
            slashes: 0,
        },
        None,
    )
}

/// The content of a JSON string, with the offsets that its characters have.
fn decoded(raw: &str, start: usize) -> Decoded {
    let mut decoded = Decoded::default();
    let mut characters = raw.char_indices();
    while let Some((at, character)) = characters.next() {
        if character != '\\' {
            decoded.push(character, start + at);
            continue;
        }
        let escaped = match characters.next() {
            Some((_, 'n')) => '\n',
            Some((_, 'r')) => '\r',
            Some((_, 't')) => '\t',
            Some((_, 'b')) => '\u{8}',
            Some((_, 'f')) => '\u{C}',
            Some((hex, 'u')) => {
                let (character, length) = unicode(&raw[hex..]);
                for _ in 0..length {
                    characters.next();
                }
                character
            }
            Some((_, other)) => other,
            None => '\\',
        };
        decoded.push(escaped, start + at);
    }
    decoded.finish(start + raw.len())
}

/// The character after `\`, and how many more characters it takes: one escape, or a surrogate pair.
fn unicode(escape: &str) -> (char, usize) {
    let hex = |at: usize| {
        escape
            .get(at..at + 4)
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
    };
    let Some(high) = hex(1) else {
        return ('\u{FFFD}', 0);
    };
    if (0xD800..0xDC00).contains(&high)
        && escape.get(5..7) == Some("\\u")
        && let Some(low) = hex(7).filter(|low| (0xDC00..0xE000).contains(low))
    {
        let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
        return (char::from_u32(code).unwrap_or('\u{FFFD}'), 10);
    }
    (char::from_u32(high).unwrap_or('\u{FFFD}'), 4)
}
