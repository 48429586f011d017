//! What is current on a thread while the code of a request or of a task runs: its scope, the callbacks of the
//! [`contextualize`](crate::report::contextualize) futures around it, and the tracing spans that it is in.
//!
//! One thread-local has a cell for each part. The future that runs the code swaps its own part in and, when the code
//! returns or unwinds, out again. Neither code nor destructors of the application run while a part is borrowed: a value
//! is taken out first and dropped afterwards. On a thread whose thread-locals are destroyed, nothing is current.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::scope_ref::{CarriedScope, CurrentScope, ScopeRef};
#[cfg(feature = "tracing-subscriber")]
use super::span_stack::SpanStack;
use crate::report::callback::ContextCallbacks;
use crate::report::dispatch::Dispatch;
use crate::report::event::{EventContext, ScopeSnapshot};
use crate::report::spawn_trace::{SpanPath, SpawnOrigin, SpawnTrace};
use crate::request::{RequestInfo, TraceIds};

thread_local! {
    static CURRENT: Current = const {
        Current {
            scope: RefCell::new(None),
            callbacks: Cell::new(None),
            #[cfg(feature = "tracing-subscriber")]
            spans: RefCell::new(SpanStack::new()),
        }
    };
}

struct Current {
    scope: RefCell<Option<CurrentScope>>,
    callbacks: Cell<Option<Arc<ContextCallbacks>>>,
    #[cfg(feature = "tracing-subscriber")]
    spans: RefCell<SpanStack>,
}

impl Current {
    fn callbacks(&self) -> Option<Arc<ContextCallbacks>> {
        let callbacks = self.callbacks.take();
        self.callbacks.set(callbacks.clone());
        callbacks
    }

    /// The scope that the spans around the code carry.
    fn of_span(&self) -> Option<Arc<CarriedScope>> {
        #[cfg(feature = "tracing-subscriber")]
        return self.spans.try_borrow().ok()?.carried();
        #[cfg(not(feature = "tracing-subscriber"))]
        None
    }

    fn span_path(&self) -> Option<SpanPath> {
        #[cfg(feature = "tracing-subscriber")]
        return self.spans.try_borrow().ok()?.path();
        #[cfg(not(feature = "tracing-subscriber"))]
        None
    }

    /// `exited` is the path of a span that the code has just exited, which takes precedence over the current one.
    fn spawn_origin(&self, exited: Option<SpanPath>) -> Option<Box<SpawnOrigin>> {
        let trace = match &*self.scope.try_borrow().ok()? {
            // A request's own future was not spawned.
            Some(CurrentScope::Request(_)) => return None,
            Some(CurrentScope::Carried(carried)) => carried.trace.clone(),
            None => self.of_span().and_then(|carried| carried.trace.clone()),
        };
        SpawnOrigin::new(trace, exited.or_else(|| self.span_path()))
    }
}

/// Runs `look` on the current scope, which is that of the future that runs, else that of the spans around the code.
/// `look` must run neither the application's code nor anything else in this module.
fn with_current<T>(look: impl FnOnce(&mut CurrentScope) -> T) -> Option<T> {
    let look = |current: &Current| {
        if let Some(scope) = &mut *current.scope.try_borrow_mut().ok()? {
            return Some(look(scope));
        }
        Some(look(&mut CurrentScope::Carried(current.of_span()?)))
    };
    CURRENT.try_with(look).ok().flatten()
}

/// Runs `look` on the scope of the future that runs; returns `None` if the thread is ending. `look` must run neither
/// the application's code nor anything else in this module.
#[inline]
pub(super) fn with_scope<T>(look: impl FnOnce(&mut Option<CurrentScope>) -> T) -> Option<T> {
    let look = |current: &Current| Some(look(&mut *current.scope.try_borrow_mut().ok()?));
    CURRENT.try_with(look).ok().flatten()
}

/// Like [`with_scope`], for the spans.
#[cfg(feature = "tracing-subscriber")]
pub(super) fn with_spans<T>(look: impl FnOnce(&mut SpanStack) -> T) -> Option<T> {
    let look = |current: &Current| Some(look(&mut *current.spans.try_borrow_mut().ok()?));
    CURRENT.try_with(look).ok().flatten()
}

/// Returns the callbacks of the futures around the code.
pub(super) fn callbacks() -> Option<Arc<ContextCallbacks>> {
    CURRENT.try_with(Current::callbacks).ok().flatten()
}

/// Makes these callbacks current, and returns the previous ones.
pub(super) fn replace_callbacks(
    new: Option<Arc<ContextCallbacks>>,
) -> Option<Arc<ContextCallbacks>> {
    let replace = |current: &Current| current.callbacks.replace(new);
    CURRENT.try_with(replace).ok().flatten()
}

/// Returns the current scope, which is allocated on first use.
pub(super) fn scope() -> Option<ScopeRef> {
    with_current(|current| current.make().clone())
}

/// Returns the current scope without allocating it.
pub(super) fn scope_as_it_is() -> Option<ScopeRef> {
    with_current(|current| current.scope().clone())
}

/// Returns the Backstop of the current scope.
pub(crate) fn dispatch() -> Option<Arc<Dispatch>> {
    with_current(|current| Arc::clone(current.scope().dispatch()))
}

/// Returns the current scope as a span carries it, including its spawn trace.
#[cfg(feature = "tracing-subscriber")]
pub(super) fn carried() -> Option<Arc<CarriedScope>> {
    with_current(|current| match current {
        CurrentScope::Carried(carried) => Arc::clone(carried),
        CurrentScope::Request(scope) => CarriedScope::in_span(scope.make()),
    })
}

/// Whether this scope is current.
pub(super) fn is_current(scope: &ScopeRef) -> bool {
    with_current(|current| current.scope().is_same(scope)).unwrap_or(false)
}

/// Returns what the current scope has recorded, if it belongs to this Backstop.
pub(super) fn snapshot(dispatch: &Arc<Dispatch>) -> ScopeSnapshot {
    let snapshot = with_current(|current| {
        let scope = current.scope();
        Arc::ptr_eq(scope.dispatch(), dispatch).then(|| scope.snapshot())
    });
    snapshot.flatten().unwrap_or_default()
}

/// Returns the request of the current scope, if the scope belongs to this Backstop and the request's info is known.
pub(crate) fn request(dispatch: &Arc<Dispatch>) -> Option<RequestInfo> {
    let request = with_current(|current| {
        let scope = current.scope().used()?;
        Arc::ptr_eq(scope.dispatch(), dispatch)
            .then(|| scope.request().map(RequestInfo::for_report))
    });
    request.flatten().flatten()
}

/// Returns the scope for what outlives the request's future, such as the response body: the current one if it belongs
/// to this Backstop, or else a new one.
pub(crate) fn scope_of_body(dispatch: &Arc<Dispatch>) -> CurrentScope {
    let scope = scope_as_it_is().filter(|scope| Arc::ptr_eq(scope.dispatch(), dispatch));
    scope.map_or_else(
        || CurrentScope::of_request(Arc::clone(dispatch)),
        CurrentScope::Request,
    )
}

/// Returns how the current code was spawned, if a scope was carried to it.
pub(super) fn spawn_trace() -> Option<Arc<SpawnTrace>> {
    with_current(|current| current.trace().cloned()).flatten()
}

/// Returns the spans that the thread is in.
pub(super) fn span_path() -> Option<SpanPath> {
    CURRENT.try_with(Current::span_path).ok().flatten()
}

/// Returns where the current code was spawned; `None` in a request's own future. `exited` is the span that the code has
/// just exited, if there is one.
pub(super) fn spawn_origin(exited: Option<SpanPath>) -> Option<Box<SpawnOrigin>> {
    CURRENT
        .try_with(|current| current.spawn_origin(exited))
        .ok()
        .flatten()
}

/// Returns the current context, for an event of this Backstop with this scope data.
pub(super) fn context(
    scope: ScopeSnapshot,
    dispatch: &Dispatch,
    exited: Option<SpanPath>,
) -> EventContext {
    let mut context = EventContext {
        scope,
        trace: TraceIds::current(),
        defaults: Some(Arc::clone(dispatch.defaults())),
        ..EventContext::default()
    };
    let _ = CURRENT.try_with(|current| {
        context.callbacks = current.callbacks();
        context.spawned = current.spawn_origin(exited);
        // `std::thread::current` must not be called once the thread-locals are destroyed.
        context.thread = Some(std::thread::current());
    });
    context
}

/// Remembers for the layer that a panic is leaving the future with these callbacks.
#[cold]
pub(super) fn set_unwound(callbacks: &Arc<ContextCallbacks>) {
    if let Some(ScopeRef::Used(scope)) = scope() {
        scope.set_unwound(callbacks);
    }
}

/// Takes the callbacks of the innermost future that a panic has left.
pub(super) fn take_unwound() -> Option<Arc<ContextCallbacks>> {
    with_current(|current| current.scope().used()?.take_unwound()).flatten()
}
