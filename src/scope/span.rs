//! Lets a tracing span carry a scope to wherever the span is entered. Called by the [`tracing`](crate::tracing) layer.

use std::sync::Arc;

use tracing::Metadata;

use super::current::{self, with_spans};
use super::scope::Scope;
use super::span_stack::Exited;
pub(crate) use super::span_stack::{LayerAlive, SpanScope};
use crate::report::spawn_trace::SpanPath;

/// Where a new span belongs.
pub(crate) enum Parent {
    /// To what is current on the thread.
    Current,
    /// To no other span.
    Root,
    /// To the span that the application named, whose state is given if it has one. It takes precedence over the current
    /// scope.
    Explicit(Option<Arc<SpanScope>>),
}

/// Creates the state of a new span, which carries the scope of its parent or the current one.
pub(crate) fn new(
    span: &'static Metadata<'static>,
    parent: Parent,
    layer: Option<&LayerAlive>,
) -> SpanScope {
    let around = match &parent {
        Parent::Current => with_spans(|spans| spans.innermost().map(Arc::clone)).flatten(),
        Parent::Root => None,
        Parent::Explicit(parent) => parent.clone(),
    };
    let of_parent = match parent {
        Parent::Explicit(Some(parent)) => parent.carried(),
        _ => None,
    };
    let carried = of_parent.or_else(current::carried);
    SpanScope::new(span, around.as_deref(), carried, layer)
}

/// Returns a handle to the scope that a span carries, if the span belongs to exactly one.
pub(crate) fn scope(span: &SpanScope) -> Scope {
    Scope::new(span.carried().map(|carried| carried.scope.clone()))
}

/// Called when the thread enters a span, whose scope becomes current if there is no other.
pub(crate) fn enter(id: u64, span: Arc<SpanScope>) {
    drop(with_spans(|spans| spans.enter(id, span)));
}

/// Called when the thread exits a span.
pub(crate) fn exit(id: u64) {
    drop(with_spans(|spans| spans.exit(id)));
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
