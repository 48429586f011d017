//! The tracing spans that a thread is in, and the scopes that spans carry.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::task::Id as TaskId;
use tracing::Metadata;

use super::scope_ref::{CarriedScope, ScopeRef};
use crate::report::spawn_trace::SpanPath;

/// The most spans of a path.
const MAX_PATH: usize = 8;
/// How many entered spans are kept. More are entered only by code that never exits them.
const MAX_ENTERED: usize = 256;

/// The spans that a thread is in, innermost last.
pub(super) struct SpanStack {
    entered: Vec<EnteredSpan>,
    /// Set while a task is polled.
    pub(super) exited: Option<Exited>,
}

/// One span that a thread is in.
pub(super) struct EnteredSpan {
    id: u64,
    span: Arc<SpanScope>,
    /// The task that entered it, outside of a task `None`.
    task: Option<TaskId>,
}

/// The span that was exited last, or the innermost one of those that a panic exited.
#[derive(Default)]
pub(super) struct Exited {
    pub(super) path: Option<SpanPath>,
    by_panic: bool,
}

/// Lives as long as the layer that creates spans, and is shared with them: once it is gone, nothing reports anymore when a
/// span is exited.
pub(crate) type LayerAlive = Arc<()>;

/// The state of a span: the scope in which it was created, and the spans around it.
#[derive(Debug)]
pub(crate) struct SpanScope {
    /// `None` if the layer does not know whether it lives.
    layer: Option<Weak<()>>,
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

    /// Returns a span that is forgotten because there are too many, which the caller must drop outside of any borrow.
    pub(super) fn enter(&mut self, id: u64, span: Arc<SpanScope>) -> Option<EnteredSpan> {
        let is_full = self.entered.len() >= MAX_ENTERED;
        let forgotten = is_full.then(|| self.entered.remove(0));
        self.entered.push(EnteredSpan {
            id,
            span,
            task: tokio::task::try_id(),
        });
        forgotten
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

    /// The innermost span that the running code is in.
    pub(super) fn innermost(&self) -> Option<&Arc<SpanScope>> {
        self.of_running_code().next()
    }

    /// The scope of the innermost span that carries one.
    pub(super) fn carried(&self) -> Option<Arc<CarriedScope>> {
        self.of_running_code().find_map(|span| span.carried())
    }

    /// The spans that the running code is in, innermost first.
    ///
    /// A thread may be in others: those of a task that holds a span's guard across an `.await` while other tasks run,
    /// and those whose layer was removed from the subscriber before they were exited. While such a task rests, tracing
    /// names its span as the current one to others, so whoever else enters that span may not belong to it.
    fn of_running_code(&self) -> impl Iterator<Item = &Arc<SpanScope>> {
        // Only looked up if there are spans.
        let task = (!self.entered.is_empty()).then(tokio::task::try_id);
        let is_elsewhere = move |id: u64| {
            let mut others = self.entered.iter();
            others.any(|other| other.id == id && Some(other.task) != task)
        };
        let entered = self.entered.iter().rev();
        entered
            .filter(move |entered| Some(entered.task) == task && entered.span.is_observed())
            .filter(move |entered| !is_elsewhere(entered.id))
            .map(|entered| &entered.span)
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
        layer: Option<&LayerAlive>,
    ) -> Self {
        let around = parent.map_or(&[][..], |parent| &*parent.path);
        let path = std::iter::once(&span).chain(around);
        Self {
            layer: layer.map(Arc::downgrade),
            carried: Mutex::new(carried.map_or(Carried::Nothing, Carried::One)),
            path: path.take(MAX_PATH).copied().collect(),
        }
    }

    /// Whether the layer that observes when the span is exited still exists.
    fn is_observed(&self) -> bool {
        self.layer
            .as_ref()
            .is_none_or(|layer| layer.strong_count() > 0)
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
