//! The owner's settings of what is shown to whom.

use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use http::StatusCode;

use super::Redactor;
use crate::error::{Exposure, Failure, Repr, StatusMap};
use crate::panics::catch::catch_panic;
use crate::request::{RequestInfo, is_loopback_address};

/// Who sees what; every default hides.
#[derive(Debug, Default)]
pub(crate) struct Policy {
    pub(crate) safe_fields: Vec<String>,
    pub(crate) details: Gate,
    pub(crate) backtrace: Gate,
    pub(crate) hosts: Vec<String>,
    pub(crate) peers: Vec<IpAddr>,
    pub(crate) type_uri: Option<TypeUri>,
    pub(crate) statuses: StatusMap,
    pub(crate) redactor: Redactor,
    /// Whether development hides the values of sensitive fields. The envelope shapes show an error's
    /// properties as they are, as their clients know it.
    pub(crate) redacts_fields: bool,
}

/// A question that the owner answers once and for all, or failure by failure.
#[derive(Clone, Default)]
pub(crate) enum Gate {
    #[default]
    Never,
    Always,
    If(Arc<Question>),
}

type Question = dyn Fn(&Failure, &RequestInfo) -> bool + Send + Sync;

/// The owner's choice of a problem's type.
#[derive(Clone)]
pub(crate) struct TypeUri(pub(crate) Arc<ChooseType>);

type ChooseType = dyn Fn(&Failure, &RequestInfo) -> Option<String> + Send + Sync;

impl Policy {
    /// Whether this client sees details: the application shows them, and the client is local.
    pub(super) fn shows_details(&self, failure: &Failure, request: &RequestInfo) -> bool {
        self.details.is_open(failure, request)
            && request.has_local_host(&self.hosts)
            && self.is_local_peer(request.peer())
    }

    /// Whether a peer is on this machine, or named by the application. If its address is unknown, the service may be
    /// reachable from anywhere: only a build for development then takes the `Host` header's word for it.
    fn is_local_peer(&self, peer: Option<IpAddr>) -> bool {
        match peer {
            Some(peer) => is_loopback_address(peer) || self.peers.contains(&peer),
            None => cfg!(debug_assertions),
        }
    }

    /// The type of the problem: the hook's, else the error's.
    pub(super) fn type_uri(
        &self,
        failure: &Failure,
        facts: &RequestInfo,
        open: bool,
    ) -> Option<Cow<'static, str>> {
        let chosen = self
            .type_uri
            .as_ref()
            .and_then(|choose| catch_panic(|| choose.0(failure, facts)).flatten());
        if let Some(uri) = chosen {
            return Some(Cow::Owned(uri));
        }
        open.then(|| failure.inner().type_uri()).flatten()
    }

    pub(super) fn is_safe(&self, field: &str) -> bool {
        self.safe_fields.iter().any(|safe| safe == field)
    }
}

/// Whether an error of this status shows in production what it says.
pub(super) fn is_open(inner: &Repr, status: StatusCode) -> bool {
    match inner.exposure() {
        Exposure::Public => true,
        Exposure::Private => false,
        Exposure::ByStatus => status.is_client_error() && !inner.is_panic(),
    }
}

impl Gate {
    pub(crate) const fn from_bool(open: bool) -> Self {
        if open { Self::Always } else { Self::Never }
    }

    /// Whether any failure could open it.
    pub(crate) const fn may_open(&self) -> bool {
        !matches!(self, Self::Never)
    }

    /// A question that panics is answered with no.
    pub(super) fn is_open(&self, failure: &Failure, facts: &RequestInfo) -> bool {
        match self {
            Self::Never => false,
            Self::Always => true,
            Self::If(question) => catch_panic(|| question(failure, facts)).unwrap_or(false),
        }
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Never => "Never",
            Self::Always => "Always",
            Self::If(_) => "If(…)",
        })
    }
}

impl fmt::Debug for TypeUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TypeUri(…)")
    }
}
