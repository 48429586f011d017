//! Text that is safe to write to a terminal, with or without color.

use std::fmt::{self, Display, Write as _};

/// Whether text is colored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    /// Returns the text in this style, given as the parameters of SGR (ECMA-48, section 8.3.117).
    pub(super) fn of(self, style: &str, text: &str) -> String {
        if self.0 {
            format!("\u{1b}[{style}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

/// A text on one line, without characters that control a terminal.
pub(super) struct Line<'a>(pub(super) &'a str);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .chars()
            .try_for_each(|character| write_safe(f, character))
    }
}

/// A text with its line breaks, each further line indented, without characters that control a terminal.
pub(super) struct Indented<'a>(pub(super) &'a str);

impl Display for Indented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .trim_end()
            .chars()
            .try_for_each(|character| match character {
                '\n' => f.write_str("\n    "),
                _ => write_safe(f, character),
            })
    }
}

fn write_safe(f: &mut fmt::Formatter<'_>, character: char) -> fmt::Result {
    // Besides control characters, escape those that change the direction of the text.
    let is_unsafe = character.is_control()
        || matches!(character, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    match character {
        '\t' => f.write_str("    "),
        _ if is_unsafe => write!(f, "{}", character.escape_default()),
        _ => f.write_char(character),
    }
}

/// Milliseconds before the failure.
pub(super) struct Before(pub(super) u64);

impl Display for Before {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..1_000 => write!(f, "-{}ms", self.0),
            1_000..60_000 => write!(f, "-{}.{}s", self.0 / 1_000, self.0 / 100 % 10),
            _ => write!(f, "-{}m{}s", self.0 / 60_000, self.0 / 1_000 % 60),
        }
    }
}
