//! The cause chain of an error: its contexts, the error, and its sources.

use std::error::Error as StdError;

use super::cause::Cause;
use super::link::Link;
use super::overrides::Overrides;
use super::std_error::{MAX_LINKS, display, sources};
use crate::backtrace::SourceLocation;

/// The chain of an error, outermost first: its contexts, the last one first, then its cause.
pub(super) fn links(
    cause: &Cause,
    type_name: Option<&'static str>,
    location: Option<SourceLocation>,
    overrides: Option<&Overrides>,
) -> Vec<Link> {
    let contexts = overrides
        .into_iter()
        .flat_map(|overrides| overrides.contexts.iter().rev());
    let mut links: Vec<Link> = contexts
        .map(|(text, location)| {
            Link::new(None, text.to_string(), SourceLocation::of_caller(location))
        })
        .collect();
    let own = links.len();
    match (cause, cause.error()) {
        (Cause::Snapshot(snapshot), _) => links.extend(snapshot.iter().cloned()),
        (_, Some(error)) => extend(&mut links, type_name, error),
        _ => links.push(Link::new(type_name, cause.message().into_owned(), None)),
    }
    // The links of a snapshot may have theirs already.
    if let (Some(link), Some(location)) = (links.get_mut(own), location)
        && link.location().is_none()
    {
        link.set_location(location);
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

/// Adds an error and its sources, without those that only repeat the message before them.
fn extend(
    links: &mut Vec<Link>,
    mut type_name: Option<&'static str>,
    error: &(dyn StdError + 'static),
) {
    let first = links.len();
    for error in sources(error) {
        let message = display(error);
        let is_repeated = links[first..]
            .last()
            .is_some_and(|last| last.message() == message);
        if !is_repeated {
            links.push(Link::new(type_name.take(), message, None));
        }
    }
}
