//! What to hide of a text, and the text without it.

use std::borrow::Cow;
use std::ops::Range;

/// What stands in place of a hidden value.
pub(crate) const REDACTED: &str = "[REDACTED]";

/// A part of a text and what replaces it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: Cow<'static, str>,
}

impl Edit {
    pub(super) const fn hide(range: Range<usize>) -> Self {
        Self {
            range,
            text: Cow::Borrowed(REDACTED),
        }
    }

    /// The value of a member whose key stands between these quotes.
    pub(super) fn hide_quoted(range: Range<usize>, quote: &str) -> Self {
        Self {
            range,
            text: format!("{quote}{REDACTED}{quote}").into(),
        }
    }
}

/// The text with its edits, which are in order and apart.
pub(super) fn apply<'a>(text: &'a str, edits: &[Edit]) -> Cow<'a, str> {
    if edits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut applied = String::with_capacity(text.len() + edits.len() * REDACTED.len());
    let mut copied = 0;
    for Edit {
        range,
        text: replacement,
    } in edits
    {
        applied.push_str(&text[copied..range.start]);
        applied.push_str(replacement);
        copied = range.end;
    }
    applied.push_str(&text[copied..]);
    Cow::Owned(applied)
}

/// A text that was written in another notation (JSON string, percent-encoded), with the offsets that it had there.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) text: String,
    /// For each byte of `text` where its notation starts, and the end of the last one.
    offsets: Vec<usize>,
}

impl Decoded {
    pub(super) fn push(&mut self, character: char, offset: usize) {
        self.text.push(character);
        self.offsets.resize(self.text.len(), offset);
    }

    /// Ends the text; its notation ends here.
    pub(super) fn finish(mut self, end: usize) -> Self {
        self.offsets.push(end);
        self
    }

    /// Edits of the decoded text as edits of its notation, which `encode` knows how to write.
    pub(super) fn edits<'a>(
        &'a self,
        edits: Vec<Edit>,
        encode: impl Fn(&str) -> String + 'a,
    ) -> impl Iterator<Item = Edit> + 'a {
        edits.into_iter().map(move |Edit { range, text }| {
            let start = self.offsets[range.start];
            // A character of several bytes has one offset.
            let end = self.offsets[range.end];
            let text = if text == REDACTED {
                text
            } else {
                encode(&text).into()
            };
            Edit {
                range: start..end,
                text,
            }
        })
    }
}
