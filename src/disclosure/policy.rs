//! The settings that decide what is disclosed to whom.

use std::borrow::Cow;

use super::local_clients::LocalClients;
use super::redactor::Redactor;
use crate::error::{Failure, StatusMap};
use crate::panics::callback::Callback;
use crate::request::RequestInfo;

/// The settings that decide what is disclosed to whom. Every default hides.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    pub(crate) safe_fields: Vec<String>,
    pub(crate) details: Switch,
    pub(crate) backtrace: Switch,
    pub(crate) local_clients: LocalClients,
    pub(crate) type_uri: Option<Callback<ChooseType>>,
    pub(crate) statuses: StatusMap,
    pub(crate) redactor: Redactor,
    /// Whether the message and the fields of an error are redacted for developers. The envelope shapes show them
    /// unchanged, as their clients expect.
    pub(crate) redacts_properties: bool,
    /// Whether a 5xx with a body of its own type is replaced too.
    pub(crate) replaces_bodies: bool,
}

/// A setting that is on, off, or decided for each failure.
#[derive(Clone, Debug, Default)]
pub(crate) enum Switch {
    #[default]
    Off,
    On,
    If(Callback<Question>),
}

type Question = dyn Fn(&Failure, &RequestInfo) -> bool + Send + Sync;

/// Chooses the type of a problem.
type ChooseType = dyn Fn(&Failure, &RequestInfo) -> Option<String> + Send + Sync;

impl Policy {
    /// Whether this client sees details: the application shows them, and the client is local.
    pub(super) fn shows_details(&self, failure: &Failure, request: &RequestInfo) -> bool {
        self.details.is_on(failure, request) && self.local_clients.include(request, &self.redactor)
    }

    /// The type of the problem: the callback's, else the error's.
    pub(super) fn type_uri(
        &self,
        failure: &Failure,
        request: &RequestInfo,
        is_disclosed: bool,
        is_for_all: bool,
    ) -> Option<Cow<'static, str>> {
        let chosen = self.type_uri.as_ref().and_then(|choose| {
            let uri = choose.call(|choose| choose(failure, request));
            uri.flatten()
        });
        if let Some(uri) = chosen {
            return Some(Cow::Owned(uri));
        }
        let uri = is_disclosed.then(|| failure.repr().type_uri()).flatten()?;
        if is_for_all || !self.redacts_properties {
            return Some(uri);
        }
        match self.redactor.text(&uri) {
            Cow::Owned(redacted) => Some(Cow::Owned(redacted)),
            Cow::Borrowed(_) => Some(uri),
        }
    }

    pub(super) fn is_safe(&self, field: &str) -> bool {
        self.safe_fields.iter().any(|safe| safe == field)
    }
}

impl Switch {
    /// Whether it can be on for any failure.
    pub(crate) const fn may_be_on(&self) -> bool {
        !matches!(self, Self::Off)
    }

    /// Whether it is on for this failure. A callback that panics means off.
    pub(super) fn is_on(&self, failure: &Failure, request: &RequestInfo) -> bool {
        match self {
            Self::Off => false,
            Self::On => true,
            Self::If(question) => question
                .call(|question| question(failure, request))
                .unwrap_or(false),
        }
    }
}

impl From<bool> for Switch {
    fn from(is_on: bool) -> Self {
        if is_on { Self::On } else { Self::Off }
    }
}
