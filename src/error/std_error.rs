//! Reads errors of any type without trusting them: a text may be endless, `source()` may lead back to the same error,
//! and both may panic.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use crate::panics::catch::catch_panic;
use crate::text::prefix;

/// An error of any type, as Tower's services return it.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// How many links a cause chain has at most, because a source may lead back to itself.
pub(crate) const MAX_LINKS: usize = 32;
/// How many bytes of one message are kept.
const MAX_MESSAGE: usize = 16 * 1024;

/// An error and its sources, outermost first.
pub(super) fn sources<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| source(*error)).take(MAX_LINKS)
}

/// `error.source()`, or `None` if that panics.
///
/// For an `io::Error` it is the error that `io::Error::other` wraps. Its own `source()` skips that one.
pub(super) fn source<'a>(
    error: &'a (dyn StdError + 'static),
) -> Option<&'a (dyn StdError + 'static)> {
    if let Some(wrapped) = error
        .downcast_ref::<std::io::Error>()
        .and_then(std::io::Error::get_ref)
    {
        return Some(wrapped);
    }
    catch_panic(|| error.source()).flatten()
}

/// The `Display` text of a value, up to 16 KiB. If `Display` fails or panics, what it had written until then.
pub(crate) fn display(value: impl fmt::Display) -> String {
    let mut bounded = Bounded::default();
    let written = catch_panic(|| write!(bounded, "{value}"));
    if written.is_none() {
        bounded.text.push_str("<Display panicked>");
    }
    bounded.text
}

/// Accepts [`MAX_MESSAGE`] bytes and then fails, which stops the writer. One that goes on is ignored.
#[derive(Default)]
struct Bounded {
    text: String,
    is_full: bool,
}

impl fmt::Write for Bounded {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        if self.is_full {
            return Err(fmt::Error);
        }
        let room = MAX_MESSAGE.saturating_sub(self.text.len());
        if text.len() <= room {
            self.text.push_str(text);
            return Ok(());
        }
        self.is_full = true;
        self.text.push_str(prefix(text, room));
        self.text.push('…');
        Err(fmt::Error)
    }
}
