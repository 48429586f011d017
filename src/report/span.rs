//! How a tracing span carries a scope to wherever it is entered. The [`tracing`](crate::tracing) layer calls it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::Metadata;

use super::inner::SharedScope;
use super::trail::{Lineage, Taken};
use super::{Scope, slot};

thread_local! {
    static SPANS: RefCell<Spans> = const { RefCell::new(Spans {
        entered: Vec::new(),
        watch: None,
        told_in: None,
    }) };
}

/// Spans of a lineage.
const MAX_LINEAGE: usize = 8;

/// The spans of one thread.
struct Spans {
    entered: Vec<Entered>,
    /// What was left while a task is watched.
    watch: Option<Left>,
    /// Where that failed which is told now.
    told_in: Option<Lineage>,
}

/// The span that was left last, and of those that a panic left, the first.
#[derive(Default)]
struct Left {
    lineage: Option<Lineage>,
    by_panic: bool,
}

/// One span that this thread is in.
struct Entered {
    id: u64,
    span: Arc<SpanScope>,
    /// Whether the span made its scope current, for there was none.
    fills: bool,
}

/// Whose request a span belongs to, and what it is.
#[derive(Debug)]
pub(crate) struct SpanScope {
    belongs: Mutex<Belongs>,
    lineage: Lineage,
}

#[derive(Debug, Default)]
enum Belongs {
    #[default]
    Nobody,
    To(Arc<Taken>),
    /// A span around several requests, such as a connection's: to name one of them would be to borrow.
    Many,
}

impl SpanScope {
    /// The mark of a new span: of the scope that is current, else of its parent's.
    pub(crate) fn new(
        span: &'static Metadata<'static>,
        parent: Option<&Self>,
        is_explicit: bool,
    ) -> Self {
        let of_parent = || parent.and_then(Self::taken);
        let taken = if is_explicit {
            of_parent().or_else(slot::carried)
        } else {
            slot::carried().or_else(of_parent)
        };
        let around = parent.map_or(&[][..], |parent| &*parent.lineage);
        let lineage = std::iter::once(&span).chain(around);
        Self {
            belongs: Mutex::new(taken.map_or(Belongs::Nobody, Belongs::To)),
            lineage: lineage.take(MAX_LINEAGE).copied().collect(),
        }
    }

    /// The handle of the request, if there is exactly one.
    pub(crate) fn handle(&self) -> Scope {
        Scope::of(self.taken().map(|taken| Arc::clone(taken.scope())))
    }

    fn taken(&self) -> Option<Arc<Taken>> {
        match &*self.belongs.lock().unwrap_or_else(PoisonError::into_inner) {
            Belongs::To(taken) => Some(Arc::clone(taken)),
            Belongs::Nobody | Belongs::Many => None,
        }
    }

    /// A request has begun inside the span.
    fn adopt(&self, scope: &Arc<SharedScope>) {
        let before = {
            let mut belongs = self.belongs.lock().unwrap_or_else(PoisonError::into_inner);
            let next = match &*belongs {
                Belongs::Nobody => Belongs::To(Arc::new(Taken::carried(scope))),
                Belongs::To(known) if Arc::ptr_eq(known.scope(), scope) => return,
                Belongs::To(_) | Belongs::Many => Belongs::Many,
            };
            std::mem::replace(&mut *belongs, next)
        };
        // Dropped here, where the lock is free.
        drop(before);
    }
}

/// The thread enters a span.
pub(crate) fn enter(id: u64, span: Arc<SpanScope>) {
    let fills = span.taken().is_some_and(|taken| slot::fill(&taken));
    let entered = Entered { id, span, fills };
    let _ = SPANS.try_with(|spans| spans.borrow_mut().entered.push(entered));
}

/// The thread leaves a span.
pub(crate) fn exit(id: u64) {
    let left = SPANS.try_with(|spans| {
        let mut spans = spans.borrow_mut();
        let index = spans.entered.iter().rposition(|entered| entered.id == id)?;
        let left = spans.entered.remove(index);
        if let Some(watch) = &mut spans.watch {
            watch.leave(&left.span.lineage);
        }
        Some(left)
    });
    if let Ok(Some(left)) = left
        && left.fills
    {
        slot::empty();
    }
}

/// A request has begun: the span around it, made before it, is its span too.
pub(crate) fn begin() {
    let span = SPANS.try_with(|spans| {
        let spans = spans.borrow();
        spans.entered.last().map(|top| Arc::clone(&top.span))
    });
    if let Ok(Some(span)) = span
        && let Some(scope) = slot::scope().inner()
    {
        span.adopt(scope);
    }
}

/// The span that the thread is in, or in which that failed which is told now. A panic's hook asks too.
pub(super) fn lineage() -> Option<Lineage> {
    let lineage = SPANS.try_with(|spans| {
        let spans = spans.try_borrow().ok()?;
        let entered = || spans.entered.last().map(|top| &top.span.lineage);
        spans.told_in.as_ref().or_else(entered).cloned()
    });
    lineage.ok().flatten()
}

/// Runs what does not panic, and tells which span it has left: what fails leaves its own before it is seen to.
pub(super) fn watched<T>(run: impl FnOnce() -> T) -> (T, Option<Lineage>) {
    let outer = swap(|spans| &mut spans.watch, Some(Left::default()));
    let value = run();
    let left = swap(|spans| &mut spans.watch, outer);
    (value, left.and_then(|left| left.lineage))
}

/// Tells of what failed in a span that was left.
pub(super) fn told_in(left: Option<Lineage>, tell: impl FnOnce()) {
    let outer = swap(|spans| &mut spans.told_in, left);
    crate::panics::catch::catch_panic(tell);
    swap(|spans| &mut spans.told_in, outer);
}

fn swap<T>(part: fn(&mut Spans) -> &mut Option<T>, new: Option<T>) -> Option<T> {
    let swapped = SPANS.try_with(|spans| std::mem::replace(part(&mut spans.borrow_mut()), new));
    swapped.ok().flatten()
}

impl Left {
    fn leave(&mut self, lineage: &Lineage) {
        let by_panic = std::thread::panicking();
        if !(by_panic && self.by_panic) {
            self.lineage = Some(Arc::clone(lineage));
            self.by_panic = by_panic;
        }
    }
}
