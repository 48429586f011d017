//! What is current on a thread while the code of a request or of a task runs: its scope, the callbacks of the
//! [`contextualize`](crate::report::contextualize) futures around it, and the tracing spans that it is in.
//!
//! All of it is in one thread-local with a cell for each part. The future that runs the code swaps its own part in
//! and, when the code returns or unwinds, out again. The application's code never runs while a part is borrowed, and neither do
//! its destructors: a value is taken out first and dropped afterwards. A thread whose thread-locals are gone finds
//! nothing current.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use super::scope_ref::{CurrentScope, ScopeRef};
#[cfg(feature = "tracing-subscriber")]
use super::span_stack::SpanStack;
use crate::report::callback::ContextCallbacks;
use crate::report::dispatch::Dispatch;
use crate::report::event::{EventContext, ScopeSnapshot};
use crate::report::spawn_trace::{SpanPath, SpawnOrigin, SpawnTrace};
use crate::report::trace_ids::TraceIds;
use crate::request::RequestInfo;

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

    fn span_path(&self) -> Option<SpanPath> {
        #[cfg(feature = "tracing-subscriber")]
        return self.spans.try_borrow().ok()?.path();
        #[cfg(not(feature = "tracing-subscriber"))]
        None
    }

    /// Of what has just exited a span, that span counts as its innermost one.
    fn spawn_origin(&self, exited: Option<SpanPath>) -> Option<Box<SpawnOrigin>> {
        let trace = match &*self.scope.try_borrow().ok()? {
            // In a request's own future there is nothing to know.
            Some(CurrentScope::Request(_)) => return None,
            Some(CurrentScope::Carried(carried)) => carried.trace.clone(),
            None => None,
        };
        SpawnOrigin::new(trace, exited.or_else(|| self.span_path()))
    }
}

/// Gives `look` the current scope; `None` if the thread ends. `look` must run neither the application's code nor
/// anything else in this module.
#[inline]
pub(super) fn with_scope<T>(look: impl FnOnce(&mut Option<CurrentScope>) -> T) -> Option<T> {
    let look = |current: &Current| Some(look(&mut *current.scope.try_borrow_mut().ok()?));
    CURRENT.try_with(look).ok().flatten()
}

/// The same for the spans.
#[cfg(feature = "tracing-subscriber")]
pub(super) fn with_spans<T>(look: impl FnOnce(&mut SpanStack) -> T) -> Option<T> {
    let look = |current: &Current| Some(look(&mut *current.spans.try_borrow_mut().ok()?));
    CURRENT.try_with(look).ok().flatten()
}

/// The callbacks of the futures around.
pub(super) fn callbacks() -> Option<Arc<ContextCallbacks>> {
    CURRENT.try_with(Current::callbacks).ok().flatten()
}

/// Makes these callbacks current, and returns those that were.
pub(super) fn replace_callbacks(
    new: Option<Arc<ContextCallbacks>>,
) -> Option<Arc<ContextCallbacks>> {
    let replace = |current: &Current| current.callbacks.replace(new);
    CURRENT.try_with(replace).ok().flatten()
}

/// The current scope, made now if nothing has asked for it before.
pub(super) fn scope() -> Option<ScopeRef> {
    with_scope(|current| Some(current.as_mut()?.make().clone())).flatten()
}

/// The current scope, whether anything has asked for it or not.
pub(super) fn scope_as_it_is() -> Option<ScopeRef> {
    with_scope(|current| Some(current.as_ref()?.scope().clone())).flatten()
}

/// The Backstop whose code runs on this thread.
pub(super) fn dispatch() -> Option<Arc<Dispatch>> {
    with_scope(|current| Some(Arc::clone(current.as_ref()?.scope().dispatch()))).flatten()
}

/// Whether this scope is current.
pub(super) fn is_current(scope: &ScopeRef) -> bool {
    let is_current =
        |current: &mut Option<CurrentScope>| Some(current.as_ref()?.scope().is_same(scope));
    with_scope(is_current).flatten().unwrap_or(false)
}

/// What the current scope has recorded, if it is one of this Backstop.
pub(super) fn snapshot(dispatch: &Arc<Dispatch>) -> ScopeSnapshot {
    let snapshot = with_scope(|current| {
        let scope = current.as_ref()?.scope();
        Arc::ptr_eq(scope.dispatch(), dispatch).then(|| scope.snapshot())
    });
    snapshot.flatten().unwrap_or_default()
}

/// The request of the current scope, if it is one of this Backstop and its info is known.
pub(crate) fn request(dispatch: &Arc<Dispatch>) -> Option<RequestInfo> {
    let request = with_scope(|current| {
        let scope = current.as_ref()?.scope().used()?;
        Arc::ptr_eq(scope.dispatch(), dispatch).then(|| scope.request().cloned())
    });
    request.flatten().flatten()
}

/// The scope for what outlives the request's future, such as its body: the current one if it is one of this Backstop.
pub(crate) fn scope_of_body(dispatch: &Arc<Dispatch>) -> CurrentScope {
    let scope = scope_as_it_is().filter(|scope| Arc::ptr_eq(scope.dispatch(), dispatch));
    scope.map_or_else(
        || CurrentScope::of_request(Arc::clone(dispatch)),
        CurrentScope::Request,
    )
}

/// How the code here was spawned, if a scope was carried to it.
pub(super) fn spawn_trace() -> Option<Arc<SpawnTrace>> {
    with_scope(|current| current.as_ref()?.trace().cloned()).flatten()
}

/// The spans that the thread is in.
pub(super) fn span_path() -> Option<SpanPath> {
    CURRENT.try_with(Current::span_path).ok().flatten()
}

/// Where the code here comes from; `None` in a request's own future. With the span that the code has just
/// exited, if there is one.
pub(super) fn spawn_origin(exited: Option<SpanPath>) -> Option<Box<SpawnOrigin>> {
    CURRENT
        .try_with(|current| current.spawn_origin(exited))
        .ok()
        .flatten()
}

/// What is current, for an event of this Backstop and with this data of a scope.
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
        // It must not be asked for once the thread-locals are gone.
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

/// The callbacks of the innermost future that a panic has left.
pub(super) fn take_unwound() -> Option<Arc<ContextCallbacks>> {
    with_scope(|current| current.as_ref()?.scope().used()?.take_unwound()).flatten()
}
