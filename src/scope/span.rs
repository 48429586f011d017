//! Lets a tracing span carry a scope to wherever the span is entered. Called by the [`tracing`](crate::tracing) layer.

use std::sync::Arc;

use tracing::Metadata;

use super::current::{self, with_scope, with_spans};
use super::scope::Scope;
use super::scope_ref::{CarriedScope, CurrentScope};
use super::span_stack::Exited;
pub(crate) use super::span_stack::SpanScope;
use crate::report::spawn_trace::SpanPath;

/// Creates the state of a new span, which carries the current scope, or else that of its parent. An explicit parent
/// takes precedence over the current scope.
pub(crate) fn new(
    span: &'static Metadata<'static>,
    parent: Option<&SpanScope>,
    is_explicit: bool,
) -> SpanScope {
    let of_parent = || parent.and_then(SpanScope::carried);
    let carried = if is_explicit {
        of_parent().or_else(current_scope)
    } else {
        current_scope().or_else(of_parent)
    };
    SpanScope::new(span, parent, carried)
}

/// Returns the current scope as a span carries it, including its spawn trace.
fn current_scope() -> Option<Arc<CarriedScope>> {
    let carried = with_scope(|current| match current.as_mut()? {
        CurrentScope::Carried(carried) => Some(Arc::clone(carried)),
        CurrentScope::Request(scope) => Some(CarriedScope::in_span(scope.make())),
    });
    carried.flatten()
}

/// Returns a handle to the scope that a span carries, if the span belongs to exactly one.
pub(crate) fn scope(span: &SpanScope) -> Scope {
    Scope::new(span.carried().map(|carried| carried.scope.clone()))
}

/// Called when the thread enters a span, whose scope becomes current if there is none.
pub(crate) fn enter(id: u64, span: Arc<SpanScope>) {
    let sets_scope = with_scope(|current| {
        if current.is_none() {
            *current = span.carried().map(CurrentScope::Carried);
            return current.is_some();
        }
        false
    });
    let sets_scope = sets_scope.unwrap_or(false);
    with_spans(|spans| spans.enter(id, span, sets_scope));
}

/// Called when the thread exits a span.
pub(crate) fn exit(id: u64) {
    let exited = with_spans(|spans| spans.exit(id)).flatten();
    if exited.is_some_and(|exited| exited.sets_scope) {
        drop(with_scope(Option::take));
    }
}

/// Called when a request begins: the span around it, which was created before, carries the request's scope too.
pub(super) fn begin_request() {
    let span = with_spans(|spans| spans.innermost().map(Arc::clone)).flatten();
    if let Some(span) = span
        && let Some(scope) = current::scope()
    {
        span.adopt(&scope);
    }
}

/// Runs `run`, which must not panic, and also returns the span that it exited last, because code that fails inside a
/// span exits the span before its failure is observed.
pub(super) fn watch<T>(run: impl FnOnce() -> T) -> (T, Option<SpanPath>) {
    let replace = |new| with_spans(|spans| std::mem::replace(&mut spans.exited, new)).flatten();
    let outer = replace(Some(Exited::default()));
    let value = run();
    let exited = replace(outer);
    (value, exited.and_then(|exited| exited.path))
}
