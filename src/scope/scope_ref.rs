//! [`ScopeRef`] and [`CurrentScope`]: how handles, threads and spans hold a scope.

use std::panic::Location;
use std::sync::Arc;

use super::shared::SharedScope;
use crate::report::dispatch::Dispatch;
use crate::report::event::ScopeSnapshot;
use crate::report::spawn_trace::{SpanPath, SpawnTrace};

/// A scope that is allocated on first use: a request that records nothing allocates nothing.
#[derive(Clone, Debug)]
pub(crate) enum ScopeRef {
    /// The scope has not been used yet, or its Backstop has no use for it, so that it never will be.
    Unused(Arc<Dispatch>),
    Used(Arc<SharedScope>),
}

/// What is current while the code of a request or of a task runs.
#[derive(Clone, Debug)]
pub(crate) enum CurrentScope {
    /// The scope of the request whose own future runs.
    Request(ScopeRef),
    /// A scope that was carried to other code. Behind a pointer, because every poll of every request moves this
    /// value in and out.
    Carried(Arc<CarriedScope>),
}

/// A scope that was carried to other code by its handle or in a span.
#[derive(Debug)]
pub(crate) struct CarriedScope {
    pub(super) scope: ScopeRef,
    /// Where the scope was carried; a span adds nothing to it.
    pub(super) trace: Option<Arc<SpawnTrace>>,
}

impl ScopeRef {
    /// Creates a scope without a request.
    pub(super) fn of_job(dispatch: &Arc<Dispatch>) -> Self {
        let dispatch = Arc::clone(dispatch);
        if dispatch.is_recording() {
            Self::Used(Arc::new(SharedScope::of_job(dispatch)))
        } else {
            Self::Unused(dispatch)
        }
    }

    pub(super) fn dispatch(&self) -> &Arc<Dispatch> {
        match self {
            Self::Unused(dispatch) => dispatch,
            Self::Used(scope) => scope.dispatch(),
        }
    }

    pub(super) const fn used(&self) -> Option<&Arc<SharedScope>> {
        match self {
            Self::Unused(_) => None,
            Self::Used(scope) => Some(scope),
        }
    }

    /// Allocates the scope of a request, unless it exists already or its Backstop has no use for it.
    pub(super) fn make(&mut self) -> &Self {
        if let Self::Unused(dispatch) = self
            && dispatch.is_recording()
        {
            *self = Self::Used(Arc::new(SharedScope::of_request(Arc::clone(dispatch))));
        }
        self
    }

    pub(super) fn snapshot(&self) -> ScopeSnapshot {
        self.used()
            .map_or(ScopeSnapshot::Empty, |scope| scope.snapshot())
    }

    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Unused(one), Self::Unused(other)) => Arc::ptr_eq(one, other),
            (Self::Used(one), Self::Used(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl CarriedScope {
    /// The scope of a request that a span carries.
    #[cfg(feature = "tracing-subscriber")]
    pub(super) fn in_span(scope: &ScopeRef) -> Arc<Self> {
        Arc::new(Self {
            scope: scope.clone(),
            trace: None,
        })
    }

    /// A scope that is carried to other code at this location.
    pub(super) fn spawned_at(
        location: &'static Location<'static>,
        scope: &ScopeRef,
        outer: Option<&SpawnTrace>,
        spans: Option<SpanPath>,
    ) -> Arc<Self> {
        // Only reports show the trace.
        let is_reported = scope.used().is_some();
        let trace = is_reported.then(|| Arc::new(SpawnTrace::extend(outer, location, spans)));
        Arc::new(Self {
            scope: scope.clone(),
            trace,
        })
    }
}

impl CurrentScope {
    /// The scope of a new request.
    pub(crate) const fn of_request(dispatch: Arc<Dispatch>) -> Self {
        Self::Request(ScopeRef::Unused(dispatch))
    }

    pub(super) fn scope(&self) -> &ScopeRef {
        match self {
            Self::Request(scope) => scope,
            Self::Carried(carried) => &carried.scope,
        }
    }

    /// Allocates the scope of a request, unless it exists already; a carried scope always does.
    pub(super) fn make(&mut self) -> &ScopeRef {
        match self {
            Self::Request(scope) => scope.make(),
            Self::Carried(carried) => &carried.scope,
        }
    }

    pub(super) fn trace(&self) -> Option<&Arc<SpawnTrace>> {
        match self {
            Self::Request(_) => None,
            Self::Carried(carried) => carried.trace.as_ref(),
        }
    }

    /// Whether this is a request that runs inside another one of the same Backstop and shares its scope, so that nested
    /// layers of one Backstop record into one scope. A request in code that a scope was carried to has its own scope.
    pub(super) fn is_inside(&self, outer: Option<&Self>) -> bool {
        match (self, outer) {
            (Self::Request(ScopeRef::Unused(dispatch)), Some(Self::Request(outer))) => {
                Arc::ptr_eq(dispatch, outer.dispatch())
            }
            _ => false,
        }
    }
}
