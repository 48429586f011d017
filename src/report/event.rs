//! [`Event`]: a failure on its way to the pipeline.
//!
//! It is created on the request path, so it only holds handles to its parts. The worker turns it into a
//! [`Report`](super::report::Report), and only then is text formatted and copied.

use std::sync::Arc;
use std::thread::Thread;

use http::StatusCode;
use uuid::Uuid;

use super::callback::{ContextCallbacks, ReportCallback, ReportCallbacks};
use super::defaults::ReportDefaults;
use super::scope_data::ScopeData;
use super::severity::Severity;
use super::spawn_trace::SpawnOrigin;
use crate::error::Failure;
use crate::identity::now_millis;
use crate::request::{RequestInfo, TraceIds};

/// One failure on its way to the pipeline. It is boxed, because it is moved several times.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) failure: Failure,
    pub(crate) severity: Severity,
    /// The request, if there is one and its info was known when the event was created.
    pub(crate) request: Option<RequestInfo>,
    /// The status that the client received.
    pub(crate) status: Option<StatusCode>,
    /// When it happened, by the clock, in milliseconds since 1970.
    pub(super) timestamp: u64,
    /// Whether the process may end at any moment, so that this report precedes all others.
    pub(crate) is_urgent: bool,
    context: EventContext,
}

/// What was current where a failure occurred.
#[derive(Debug, Default)]
pub(crate) struct EventContext {
    pub(crate) scope: ScopeSnapshot,
    pub(crate) callbacks: Option<Arc<ContextCallbacks>>,
    /// Only set for code that runs outside of a request's own future.
    pub(crate) spawned: Option<Box<SpawnOrigin>>,
    /// The ids of the current span; if `None`, those of the request's `traceparent` are used.
    pub(crate) trace: Option<TraceIds>,
    pub(crate) thread: Option<Thread>,
    pub(crate) defaults: Option<Arc<ReportDefaults>>,
}

/// What a scope had recorded when a failure occurred.
#[derive(Clone, Debug, Default)]
pub(crate) enum ScopeSnapshot {
    /// The code ran outside every scope: its task was spawned without one, or belongs to no request.
    #[default]
    Unknown,
    /// Nothing was recorded.
    Empty,
    Recorded(Arc<ScopeData>),
}

impl Event {
    /// Creates an event with the severity that the failure's origin implies. The caller sets the request and the status
    /// where they are known.
    #[inline]
    pub(crate) fn new(failure: Failure, context: EventContext) -> Box<Self> {
        let severity = if failure.origin().is_handled() {
            Severity::Warning
        } else {
            Severity::Error
        };
        Box::new(Self {
            failure,
            severity,
            request: None,
            status: None,
            timestamp: now_millis(),
            is_urgent: false,
            context,
        })
    }

    pub(crate) fn id(&self) -> Uuid {
        self.failure.id()
    }

    pub(crate) fn is_panic(&self) -> bool {
        self.failure.repr().is_panic()
    }

    pub(super) const fn context(&self) -> &EventContext {
        &self.context
    }

    /// The approximate size of the scope's data in memory, in bytes; the queue limits the bytes of its events.
    pub(crate) fn scope_size(&self) -> usize {
        match &self.context.scope {
            ScopeSnapshot::Recorded(data) => data.size(),
            ScopeSnapshot::Unknown | ScopeSnapshot::Empty => 0,
        }
    }

    /// Returns the application's callbacks on the report: those of the scope, then those of the futures around the
    /// failure, innermost first.
    pub(crate) fn callbacks(&self) -> ReportCallbacks {
        let of_scope: &[ReportCallback] = match &self.context.scope {
            ScopeSnapshot::Recorded(data) => data.callbacks(),
            ScopeSnapshot::Unknown | ScopeSnapshot::Empty => &[],
        };
        let of_contexts = self.context.callbacks.iter();
        let of_contexts = of_contexts.flat_map(|context| context.iter());
        ReportCallbacks::new(of_scope.iter().chain(of_contexts).cloned().collect())
    }
}
