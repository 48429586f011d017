//! JSON texts, rewritten in place: what is not hidden stays byte for byte, and the result is JSON.

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::Dialect;
use super::edit::Edit;
use super::key::{Rules, Sense};
use super::members::{self, MAX_DEPTH};
use super::tokens::Tokens;
use super::unescape::decoded;
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
        json: Tokens(text),
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
    json: Tokens<'a>,
    rules: &'a Rules,
    edits: Vec<Edit>,
    strings: usize,
}

impl<'a> Reader<'a> {
    /// One document or several, and nothing else.
    fn documents(&mut self, mut at: usize) -> Option<()> {
        let start = at;
        while at < self.json.0.len() {
            // Numbers in a row are a text.
            let is_container = matches!(self.json.byte(at), Some(b'{' | b'[' | b'"'));
            let end = self.value(at, Outer::default())?.range.end;
            let next = self.json.space(end);
            if !is_container && (at > start || next < self.json.0.len()) {
                return None;
            }
            at = next;
        }
        Some(())
    }

    /// The value at `at`, whose key has this sense.
    fn value(&mut self, at: usize, outer: Outer) -> Option<Node<'a>> {
        let Outer { sense, depth, .. } = outer;
        let edits = self.edits.len();
        let mut content = None;
        let end = match self.json.byte(at)? {
            b'"' => {
                let (end, text) = self.json.string(at)?;
                self.judge(at..end, &text, sense);
                content = Some(text);
                end
            }
            b'[' if depth < MAX_DEPTH && self.json.byte(self.json.space(at + 1)) == Some(b'"') => {
                self.array(at, outer)?
            }
            b'{' | b'[' if depth == MAX_DEPTH || hides_whole(sense) => {
                let end = self.json.skip(at)?;
                let is_empty = self.json.0[at + 1..end - 1].trim().is_empty();
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
            let decoded = decoded(
                &self.json.0[range.start + 1..range.end - 1],
                range.start + 1,
            );
            self.edits.extend(decoded.edits(edits, |text| {
                text.replace('\\', "\\\\").replace('"', "\\\"")
            }));
        }
    }

    fn scalar(&mut self, at: usize, sense: Sense) -> Option<usize> {
        let length = self.json.0[at..]
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
            .count();
        let scalar = &self.json.0[at..at + length];
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
        let mut at = self.json.space(open + 1);
        while self.json.byte(at)? != b']' {
            let node = self.value(
                at,
                Outer {
                    sense,
                    depth: outer.depth + 1,
                    in_list: true,
                },
            )?;
            at = self.json.next(node.range.end, b']')?;
            let option = node
                .text
                .as_deref()
                .filter(|text| text.starts_with("--") && !text.contains('='));
            sense = option.map_or(outer.sense, |option| {
                self.rules.sense(option).max(outer.sense)
            });
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
            self.hide_named(self.rules.sense(name), value);
        }
        Some(at + 1)
    }

    fn object(&mut self, open: usize, outer: Outer) -> Option<usize> {
        let mut named = Sense::Harmless;
        let mut values = Vec::new();
        let mut at = self.json.space(open + 1);
        while self.json.byte(at)? != b'}' {
            let (end, key) = self.json.string(at)?;
            let colon = self.json.space(end);
            (self.json.byte(colon)? == b':').then_some(())?;
            let start = self.json.space(colon + 1);
            let node = self.value(
                start,
                Outer {
                    sense: members::sense(self.rules, outer.sense, &key),
                    depth: outer.depth + 1,
                    in_list: false,
                },
            )?;
            at = self.json.next(node.range.end, b'}')?;
            if members::is_value(&key) {
                values.push(node);
            } else if members::is_name(&key)
                && let Some(name) = &node.text
            {
                named = named.max(self.rules.sense(name));
            }
        }
        if named != Sense::Harmless {
            // The last one first: replacing the edits of one moves those of the next.
            for value in values.iter().rev() {
                self.hide_named(named, value);
            }
        }
        Some(at + 1)
    }

    /// Hides a value by the sense of the names that are beside it.
    fn hide_named(&mut self, sense: Sense, value: &Node<'_>) {
        let raw = &self.json.0[value.range.clone()];
        let is_hidden = match &value.text {
            Some(text) => members::hides_text(self.rules, sense, text),
            None if raw.starts_with(['{', '[']) => sense != Sense::Harmless,
            None if matches!(raw, "null" | "true" | "false") => false,
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
}

const fn hides_whole(sense: Sense) -> bool {
    matches!(sense, Sense::Secret | Sense::Line)
}
