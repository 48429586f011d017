//! Where an error comes from.

use std::borrow::Cow;
use std::error::Error as StdError;

use http::StatusCode;

use super::http_error::{Forwarded, HttpError};
use super::link::Link;
use super::std_error::{BoxError, MAX_LINKS, display, source};
use crate::panics::catch::catch_panic;
use crate::problem::reason_phrase;

/// Where an error comes from.
pub(super) enum Cause {
    /// An error that declares its response.
    Http(Box<dyn HttpError>),
    /// An error that only lists others, and whose own text may quote what the client sent.
    List(Box<dyn HttpError>),
    /// Any other error.
    Foreign(BoxError),
    /// A text.
    Message(Cow<'static, str>),
    /// The text about one invalid part of a request. It is shown or hidden like the error that lists it.
    Field(Cow<'static, str>),
    /// A panic, with its message.
    Panic(Cow<'static, str>),
    /// Several errors.
    Many,
    /// A bare error response that the application did not make from an error, with the text of its body.
    Response(StatusCode, Option<String>),
    /// The cause chain of an error that was only borrowed.
    Snapshot(Vec<Link>),
}

/// The message of several errors. The wording is strong-error-handler's.
pub(crate) const MANY: &str = "Failed with multiple errors, see `details` for more information.";

impl Cause {
    /// The error itself, if there is one.
    pub(super) fn error(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Http(error) => Some(error.as_ref()),
            Self::Foreign(error) => Some(error.as_ref()),
            _ => None,
        }
    }

    /// The error itself, if it declares its response.
    pub(super) fn http(&self) -> Option<&(dyn HttpError + 'static)> {
        match self {
            Self::Http(error) | Self::List(error) => Some(error.as_ref()),
            _ => None,
        }
    }

    /// The error, the errors that it is transparent over, and its sources.
    pub(super) fn errors(&self) -> impl Iterator<Item = &(dyn StdError + 'static)> {
        let transparent = std::iter::successors(self.http(), |http| {
            catch_panic(|| http.transparent_over()).flatten()
        });
        let declaring = transparent.flat_map(|http| {
            let skipped = match http.__forwarded() {
                Some(Forwarded::Report(error) | Forwarded::Skipped(error)) => Some(error),
                Some(Forwarded::Value(_)) | None => None,
            };
            let http: &(dyn StdError + 'static) = http;
            [Some(http), skipped].into_iter().flatten()
        });
        let foreign = match self {
            Self::Foreign(error) => Some(&**error as &(dyn StdError + 'static)),
            _ => None,
        };
        let sources = std::iter::successors(self.error().and_then(source), |error| source(*error));
        declaring.chain(foreign).chain(sources).take(MAX_LINKS)
    }

    /// Whether the message was not written for clients, so that it is only shown if the error is public.
    pub(super) fn is_foreign(&self) -> bool {
        match self {
            Self::Http(error) | Self::List(error) => error.is_foreign(),
            Self::Foreign(_) | Self::Panic(_) | Self::Snapshot(_) => true,
            Self::Message(_) | Self::Field(_) | Self::Many | Self::Response(..) => false,
        }
    }

    /// The message, without contexts.
    pub(super) fn message(&self) -> Cow<'_, str> {
        match self {
            Self::Http(error) => Cow::Owned(display(error)),
            Self::Foreign(error) => Cow::Owned(display(error)),
            Self::Message(text) | Self::Field(text) | Self::Panic(text) => Cow::Borrowed(text),
            Self::Many | Self::List(_) => Cow::Borrowed(MANY),
            Self::Response(status, text) => {
                Cow::Borrowed(text.as_deref().unwrap_or_else(|| reason_phrase(*status)))
            }
            Self::Snapshot(links) => links
                .first()
                .map_or(Cow::Borrowed(""), |link| link.message().into()),
        }
    }

    /// The size of the texts that it owns, in bytes.
    pub(super) fn text_size(&self) -> usize {
        match self {
            Self::Message(text) | Self::Field(text) | Self::Panic(text) => text.len(),
            Self::Response(_, text) => text.as_deref().map_or(0, str::len),
            Self::Snapshot(links) => links.iter().map(|link| link.message().len()).sum(),
            Self::Http(_) | Self::List(_) | Self::Foreign(_) | Self::Many => 0,
        }
    }
}
