//! The tracing spans that a thread is in, and the scopes that spans carry.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracing::Metadata;

use super::scope_ref::{CarriedScope, ScopeRef};
use crate::report::spawn_trace::SpanPath;

/// The most spans of a path.
const MAX_PATH: usize = 8;

/// The spans that a thread is in, innermost last.
pub(super) struct SpanStack {
    entered: Vec<EnteredSpan>,
    /// Set while a task is polled.
    pub(super) exited: Option<Exited>,
}

/// One span that a thread is in.
pub(super) struct EnteredSpan {
    id: u64,
    pub(super) span: Arc<SpanScope>,
    /// Whether the span made its scope current, because there was none.
    pub(super) sets_scope: bool,
}

/// The span that was exited last, or the innermost one of those that a panic exited.
#[derive(Default)]
pub(super) struct Exited {
    pub(super) path: Option<SpanPath>,
    by_panic: bool,
}

/// The state of a span: the scope in which it was created, and the spans around it.
#[derive(Debug)]
pub(crate) struct SpanScope {
    carried: Mutex<Carried>,
    path: SpanPath,
}

#[derive(Debug)]
enum Carried {
    Nothing,
    One(Arc<CarriedScope>),
    /// Several requests began inside the span, such as a connection's: it belongs to none of them.
    Several,
}

impl SpanStack {
    pub(super) const fn new() -> Self {
        Self {
            entered: Vec::new(),
            exited: None,
        }
    }

    pub(super) fn enter(&mut self, id: u64, span: Arc<SpanScope>, sets_scope: bool) {
        self.entered.push(EnteredSpan {
            id,
            span,
            sets_scope,
        });
    }

    /// Returns the span, which the caller must drop outside of any borrow.
    pub(super) fn exit(&mut self, id: u64) -> Option<EnteredSpan> {
        let index = self.entered.iter().rposition(|entered| entered.id == id)?;
        let exited = self.entered.remove(index);
        if let Some(last) = &mut self.exited {
            last.set(&exited.span.path);
        }
        Some(exited)
    }

    pub(super) fn innermost(&self) -> Option<&Arc<SpanScope>> {
        self.entered.last().map(|entered| &entered.span)
    }

    pub(super) fn path(&self) -> Option<SpanPath> {
        self.innermost().map(|span| Arc::clone(&span.path))
    }
}

impl Exited {
    fn set(&mut self, path: &SpanPath) {
        let by_panic = std::thread::panicking();
        if !(by_panic && self.by_panic) {
            self.path = Some(Arc::clone(path));
            self.by_panic = by_panic;
        }
    }
}

impl SpanScope {
    pub(super) fn new(
        span: &'static Metadata<'static>,
        parent: Option<&Self>,
        carried: Option<Arc<CarriedScope>>,
    ) -> Self {
        let around = parent.map_or(&[][..], |parent| &*parent.path);
        let path = std::iter::once(&span).chain(around);
        Self {
            carried: Mutex::new(carried.map_or(Carried::Nothing, Carried::One)),
            path: path.take(MAX_PATH).copied().collect(),
        }
    }

    /// Returns the scope that the span carries, if it belongs to exactly one.
    pub(super) fn carried(&self) -> Option<Arc<CarriedScope>> {
        match &*self.lock() {
            Carried::One(carried) => Some(Arc::clone(carried)),
            Carried::Nothing | Carried::Several => None,
        }
    }

    /// Adopts the scope of a request that begins inside the span.
    pub(super) fn adopt(&self, scope: &ScopeRef) {
        let before = {
            let mut carried = self.lock();
            let next = match &*carried {
                Carried::Nothing => Carried::One(CarriedScope::in_span(scope)),
                Carried::One(known) if known.scope.is_same(scope) => return,
                Carried::One(_) | Carried::Several => Carried::Several,
            };
            std::mem::replace(&mut *carried, next)
        };
        // Dropped outside of the lock, because it may own values of the application.
        drop(before);
    }

    fn lock(&self) -> MutexGuard<'_, Carried> {
        self.carried.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
