//! The tokens of JSON.

use std::borrow::Cow;

use super::quotes::{Quote, closing_quote};
use super::unescape::decoded;

/// A text that may be JSON; what is not ends in `None`.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a>(pub(super) &'a str);

impl<'a> Tokens<'a> {
    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.0.as_bytes().get(at).copied()
    }

    pub(super) fn space(&self, at: usize) -> usize {
        let is_space = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
        at + self.0.as_bytes()[at..].iter().take_while(is_space).count()
    }

    /// Where a string ends, and its content.
    pub(super) fn string(&self, at: usize) -> Option<(usize, Cow<'a, str>)> {
        (self.byte(at)? == b'"').then_some(())?;
        let end = string_end(self.0.as_bytes(), at)?;
        let raw = &self.0[at + 1..end];
        let content = if raw.contains('\\') {
            Cow::Owned(decoded(raw, 0).text)
        } else {
            Cow::Borrowed(raw)
        };
        Some((end + 1, content))
    }

    /// Past the comma, or at the end, after a member.
    pub(super) fn next(&self, end: usize, close: u8) -> Option<usize> {
        let at = self.space(end);
        match self.byte(at)? {
            b',' => {
                let next = self.space(at + 1);
                (self.byte(next)? != close).then_some(next)
            }
            byte => (byte == close).then_some(at),
        }
    }

    /// Past a value that is hidden whole, however deep.
    pub(super) fn skip(&self, open: usize) -> Option<usize> {
        let bytes = self.0.as_bytes();
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

/// Where the string ends that starts at `open`.
fn string_end(bytes: &[u8], open: usize) -> Option<usize> {
    closing_quote(
        bytes,
        open + 1,
        Quote {
            byte: b'"',
            slashes: 0,
        },
        None,
    )
}
