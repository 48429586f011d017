//! The cause chain: from what the caller saw down to what went wrong first.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use serde::Serialize;

use super::repr::{Cause, Repr};
use crate::backtrace::SourceLocation;
use crate::panics::catch::catch_panic;
use crate::text::cut;

/// Links that a chain shows at the most: a source that leads back to itself must end somewhere.
pub(crate) const MAX_LINKS: usize = 32;
/// Bytes of one message that are kept.
const MAX_MESSAGE: usize = 16 * 1024;

/// One link of a cause chain; [`Failure::chain`](super::Failure::chain) lists them, outermost first.
///
/// Serialised as `{"type": …, "message": …, "at": "file:line:column"}`, without what is not known.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Link {
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    type_name: Option<Cow<'static, str>>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<SourceLocation>,
}

impl Link {
    /// The Rust type of the error, as [`std::any::type_name`] gives it; unknown behind a `dyn Error`.
    #[must_use]
    pub fn type_name(&self) -> Option<&str> {
        self.type_name.as_deref()
    }

    /// The error's own text.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The `?`, `.context(…)` or `Error::msg(…)` that made the link.
    #[must_use]
    pub const fn at(&self) -> Option<&SourceLocation> {
        self.at.as_ref()
    }
}

/// The chain of an error: its contexts, the last one first, then the error and its sources.
pub(super) fn of(inner: &Repr) -> Vec<Link> {
    let contexts = inner
        .said
        .iter()
        .flat_map(|said| said.contexts.iter().rev());
    let mut links: Vec<Link> = contexts
        .map(|(text, at)| Link {
            type_name: None,
            message: text.clone().into_owned(),
            at: Some((*at).into()),
        })
        .collect();
    let own = links.len();
    match (&inner.cause, inner.error()) {
        (Cause::Snapshot(snapshot), _) => links.extend(snapshot.iter().cloned()),
        (_, Some(error)) => extend(&mut links, inner.type_name, error),
        _ => links.push(Link {
            type_name: inner.type_name.map(Cow::Borrowed),
            message: inner.message().into_owned(),
            at: None,
        }),
    }
    if let (Some(link), Some(place)) = (links.get_mut(own), inner.place()) {
        link.at = Some(place);
    }
    links.truncate(MAX_LINKS);
    links
}

/// The chain of an error that is only borrowed.
pub(super) fn snapshot(
    type_name: Option<&'static str>,
    error: &(dyn StdError + 'static),
) -> Vec<Link> {
    let mut links = Vec::new();
    extend(&mut links, type_name, error);
    links
}

fn extend(
    links: &mut Vec<Link>,
    type_name: Option<&'static str>,
    error: &(dyn StdError + 'static),
) {
    let mut type_name = type_name.map(Cow::Borrowed);
    let first = links.len();
    // Bounded by steps, not by links: a source that leads back to itself may repeat one message for ever.
    let sources = std::iter::successors(Some(error), |error| source(*error));
    for error in sources.take(MAX_LINKS) {
        let message = shown(error);
        let repeats = links[first..]
            .last()
            .is_some_and(|last| last.message == message);
        if !repeats {
            links.push(Link {
                type_name: type_name.take(),
                message,
                at: None,
            });
        }
    }
}

/// `error.source()`, or `None` where it panics. The error that `io::Error::other` wraps is its source too: std
/// passes over it, to that error's own source.
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

/// A value's `Display` text, capped; a `Display` that fails or panics leaves what it had written.
pub(crate) fn shown(value: impl fmt::Display) -> String {
    let mut text = Capped(String::new());
    let written = catch_panic(|| write!(text, "{value}"));
    if written.is_none() {
        text.0.push_str("<Display panicked>");
    }
    text.0
}

/// A string that takes [`MAX_MESSAGE`] bytes and then refuses.
struct Capped(String);

impl fmt::Write for Capped {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = MAX_MESSAGE.saturating_sub(self.0.len());
        if text.len() <= room {
            self.0.push_str(text);
            return Ok(());
        }
        self.0.push_str(cut(text, room));
        self.0.push('…');
        Err(fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use crate::{BoxError, Error, Failure};

    #[test]
    fn an_error_inside_an_io_error_is_found_and_its_text_not_told_twice() {
        let inner = Error::msg("broken").field("sku", 7);
        let outer = std::io::Error::other(BoxError::from(inner));
        let found =
            crate::error::ErrorObject::find(&outer).map(|found| found.inner().fields().len());
        assert_eq!(found, Some(1));
        let failure = Failure::from(Error::from(outer));
        assert_eq!(failure.chain().len(), 1);
        let outer = std::io::Error::other(std::fmt::Error);
        assert!(
            Failure::from(Error::from(outer))
                .downcast_ref::<std::fmt::Error>()
                .is_some()
        );
    }
}
