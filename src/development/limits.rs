//! The bounds of what is shown. A page is read by a person, so more would not help.

use crate::text::prefix;

/// The most bytes of a message.
pub(super) const MESSAGE: usize = 4 * 1024;
/// The most bytes of any other value.
pub(super) const VALUE: usize = 1024;
/// The most bytes of a name.
pub(super) const NAME: usize = 256;
/// The most headers, parameters or data of one kind.
pub(super) const ENTRIES: usize = 64;
/// The most frames.
pub(super) const FRAMES: usize = 128;
/// The most frames with source.
pub(super) const EXCERPTS: usize = 12;
/// The lines above and below the one that is marked.
pub(super) const CONTEXT_LINES: u32 = 5;
/// The most breadcrumbs and log lines, the last ones.
pub(super) const MOMENTS: usize = 60;

/// The text, or its beginning and an ellipsis.
pub(super) fn cut(text: &str, max: usize) -> String {
    if text.len() <= max {
        return text.to_owned();
    }
    format!("{}…", prefix(text, max))
}
