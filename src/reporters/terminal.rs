//! Text for a terminal, with or without color.

use std::fmt::{self, Display};

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
