//! [`UncaughtPanic`]: a panic that ends a task or a thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use super::current;
use super::scope_ref::ScopeRef;
use crate::error::{Failure, Origin, Repr, StatusMap};
use crate::panics::record::PanicRecord;
use crate::report::callback::ContextCallbacks;
use crate::report::dispatch::{count_unreported, process_dispatch};
use crate::report::event::{Event, EventContext, ScopeSnapshot};
use crate::report::spawn_trace::{SpanPath, SpawnOrigin};
use crate::request::CurrentSpan;

/// A panic that no layer has caught, and what was current where it started.
pub(crate) struct UncaughtPanic {
    panic: Arc<PanicRecord>,
    scope: Option<ScopeRef>,
    callbacks: Option<Arc<ContextCallbacks>>,
    spawned: Option<Box<SpawnOrigin>>,
    /// The span in which it started.
    span: CurrentSpan,
    is_urgent: bool,
}

impl UncaughtPanic {
    /// Called in the panic hook: only clones handles, and takes no lock.
    pub(crate) fn new(panic: Arc<PanicRecord>) -> Self {
        Self {
            panic,
            scope: current::scope_as_it_is(),
            callbacks: current::callbacks(),
            spawned: current::spawn_origin(None),
            span: CurrentSpan::here(),
            is_urgent: false,
        }
    }

    /// Called where the panic was caught in the current scope, to report it before it is resumed.
    pub(super) fn unwound(panic: Arc<PanicRecord>, exited: Option<SpanPath>) -> Self {
        Self {
            panic,
            scope: current::scope_as_it_is(),
            callbacks: current::take_unwound().or_else(current::callbacks),
            spawned: current::spawn_origin(exited),
            span: CurrentSpan::here(),
            is_urgent: false,
        }
    }

    /// Sets whether the panic may end the process.
    pub(crate) fn urgent(self, is_urgent: bool) -> Self {
        Self { is_urgent, ..self }
    }

    /// Reports the panic in its scope, or else to the Backstop that the process reports to; without either, it is
    /// counted as unreported. Must not be called in a panic hook, which leaves it to another thread.
    pub(crate) fn report(self) {
        let (scope, snapshot) = match (self.scope, process_dispatch()) {
            (Some(scope), _) => (scope, None),
            (None, Some(dispatch)) => (ScopeRef::Unused(dispatch), Some(ScopeSnapshot::Unknown)),
            (None, None) => return count_unreported(),
        };
        let origin = if self.is_urgent {
            Origin::Panic
        } else {
            Origin::Task
        };
        let dispatch = scope.dispatch();
        let thread = self.panic.thread.clone();
        let repr = Arc::new(Repr::uncaught(self.panic));
        let failure = Failure::new(repr, origin, &StatusMap::default());
        if dispatch.is_listening() && dispatch.claim_report(&failure) {
            let context = EventContext {
                scope: snapshot.unwrap_or_else(|| scope.snapshot()),
                callbacks: self.callbacks,
                spawned: self.spawned,
                trace: self.span.trace_ids(),
                thread,
                defaults: Some(Arc::clone(dispatch.defaults())),
            };
            let mut event = Event::new(failure.clone(), context);
            event.is_urgent = self.is_urgent;
            match &scope {
                ScopeRef::Used(scope) if self.is_urgent => {
                    // The request's info is provided at the end of the first poll, which may never come.
                    event.request = scope.request().map(|request| request.for_report());
                    dispatch.capture(event);
                }
                ScopeRef::Used(scope) => scope.capture(event),
                ScopeRef::Unused(_) => dispatch.capture(event),
            }
        }
        dispatch.panicked(&failure);
    }
}

/// How many panics the hook has handed to another thread, and how many of them that thread has reported.
static NOTED: AtomicU64 = AtomicU64::new(0);
static REPORTED: AtomicU64 = AtomicU64::new(0);
static REPORTED_ONE: tokio::sync::Notify = tokio::sync::Notify::const_new();

/// The process that counts. What its parent has noted, its parent reports.
static PROCESS: AtomicU32 = AtomicU32::new(0);

fn start_over_after_fork() {
    let process = std::process::id();
    if PROCESS.swap(process, Ordering::AcqRel) != process {
        NOTED.store(0, Ordering::Release);
        REPORTED.store(0, Ordering::Release);
    }
}

pub(crate) fn panic_noted() {
    start_over_after_fork();
    NOTED.fetch_add(1, Ordering::AcqRel);
}

pub(crate) fn panic_reported() {
    REPORTED.fetch_add(1, Ordering::AcqRel);
    REPORTED_ONE.notify_waiters();
}

/// Waits until every panic noted so far is reported.
pub(crate) async fn all_panics_reported() {
    start_over_after_fork();
    let noted = NOTED.load(Ordering::Acquire);
    loop {
        let mut reported_one = std::pin::pin!(REPORTED_ONE.notified());
        reported_one.as_mut().enable();
        if REPORTED.load(Ordering::Acquire) >= noted {
            return;
        }
        reported_one.await;
    }
}
