//! The state of one pass over a text.

use std::ops::Range;

use super::edit::{Decoded, Edit};
use super::extent::Context;
use super::key::{Rules, Sense};
use super::lines::LIMIT;
use super::quotes::Quote;
use super::work;
use crate::text::prefix;

/// How many bytes back a key is searched for.
pub(super) const MAX_KEY: usize = 80;

/// As much of a text as is worth judging.
pub(super) fn head(text: &str) -> &str {
    prefix(text, LIMIT)
}

/// One pass over a text, from left to right.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a str,
    pub(super) rules: &'a Rules,
    pub(super) dialect: Dialect,
    /// In order and apart.
    pub(super) edits: Vec<Edit>,
    /// Where the last edit ends: nothing before it is looked at again.
    pub(super) floor: usize,
    /// The quote that is open.
    pub(super) quote: Option<Quote>,
    /// How many brackets are open.
    pub(super) brackets: usize,
    /// A sensitive key that was the value of `name`, and the value that came before its name.
    pub(super) named: Option<(Sense, usize)>,
    pub(super) unnamed: Option<usize>,
    /// The end of a group whose key is sensitive and whose members are judged one by one, and that of a group without
    /// literals.
    pub(super) owner_end: usize,
    pub(super) bare_until: usize,
    /// A sensitive column was compared with a placeholder, so that the list of bound values is sensitive.
    pub(super) binds: bool,
    /// The sense of the table whose header was last.
    pub(super) table: Sense,
    /// Whether parameters like those of `Digest` were seen, where `response` and `mac` are secrets.
    pub(super) has_nonce: bool,
    /// The end of the query that was last searched for `state`, and whether it has one.
    pub(super) query: (usize, bool),
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Free text.
    Text,
    /// A line of source code: only literals are values.
    Source,
    /// The path and query of a request.
    Url,
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str, rules: &'a Rules, dialect: Dialect) -> Self {
        Self {
            text,
            rules,
            dialect,
            edits: Vec::new(),
            floor: 0,
            quote: None,
            brackets: 0,
            named: None,
            unnamed: None,
            owner_end: 0,
            bare_until: 0,
            binds: false,
            table: Sense::Harmless,
            has_nonce: false,
            query: (0, false),
        }
    }

    pub(super) const fn bytes(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    /// The byte before `at`, of what was not hidden.
    pub(super) fn before(&self, at: usize) -> Option<u8> {
        (at > self.floor).then(|| self.bytes()[at - 1])
    }

    /// The bytes before `end` that were not hidden, as far as a key can be.
    pub(super) fn behind(&self, end: usize) -> &'a [u8] {
        let behind = &self.bytes()[end.saturating_sub(MAX_KEY).max(self.floor).min(end)..end];
        work::note(behind.len());
        behind
    }

    /// The letters, digits and `joints` before `end`.
    pub(super) fn word_before(&self, end: usize, joints: &[u8]) -> &'a str {
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || joints.contains(byte);
        let length = self.behind(end).iter().rev().take_while(is_part).count();
        &self.text[end - length..end]
    }

    /// The letters, digits and `joints` from `start`, as many as a key can have.
    pub(super) fn word_at(&self, start: usize, joints: &[u8]) -> &'a str {
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || joints.contains(byte);
        let length = self.bytes()[start..]
            .iter()
            .take(MAX_KEY)
            .take_while(is_part)
            .count();
        &self.text[start..start + length]
    }

    /// What is ahead, as much as is worth a look.
    pub(super) fn ahead(&self, start: usize) -> &'a str {
        work::note(LIMIT);
        head(&self.text[start..])
    }

    /// Past the blanks and line breaks here.
    pub(super) fn skip_space(&self, at: usize) -> usize {
        let is_space = |byte: &&u8| byte.is_ascii_whitespace();
        at + self.bytes()[at.min(self.text.len())..]
            .iter()
            .take(64)
            .take_while(is_space)
            .count()
    }

    /// Whether a word can start at `at`.
    pub(super) fn starts_word(&self, at: usize) -> bool {
        at == 0
            || !matches!(self.bytes()[at - 1], byte if byte.is_ascii_alphanumeric() || byte == b'_')
    }

    /// Hides a part of what is ahead and returns where it ends.
    pub(super) fn hide(&mut self, range: Range<usize>) -> usize {
        self.edit(Edit::hide(range))
    }

    pub(super) fn edit(&mut self, mut edit: Edit) -> usize {
        edit.range.start = edit.range.start.max(self.floor);
        while !self.text.is_char_boundary(edit.range.start) {
            edit.range.start += 1;
        }
        while !self.text.is_char_boundary(edit.range.end) {
            edit.range.end += 1;
        }
        let end = edit.range.end;
        if edit.range.start >= end || self.text[edit.range.clone()] == edit.text {
            return end;
        }
        self.floor = end;
        self.edits.push(edit);
        end
    }

    /// Takes over the edits of a part that was read in its own notation, and returns where the part ends.
    pub(super) fn adopt(
        &mut self,
        decoded: &Decoded,
        edits: Vec<Edit>,
        end: usize,
        encode: impl Fn(&str) -> String,
    ) -> usize {
        for edit in decoded.edits(edits, encode) {
            self.edit(edit);
        }
        end
    }

    /// What surrounds a value here.
    pub(super) fn context(&self) -> Context {
        Context {
            enclosing: self.quote,
            in_brackets: self.brackets > 0,
            ..Context::default()
        }
    }
}
