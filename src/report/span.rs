//! How a tracing span carries a scope to wherever it is entered. The [`tracing`](crate::tracing) layer calls it.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, PoisonError};

use super::inner::Inner;
use super::{Scope, slot};

thread_local! {
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
}

/// One span that this thread is in.
struct Entered {
    id: u64,
    span: Arc<SpanScope>,
    /// Whether the span made its scope current, for there was none.
    fills: bool,
}

/// Whose request a span belongs to.
#[derive(Debug, Default)]
pub(crate) struct SpanScope(Mutex<Belongs>);

#[derive(Debug, Default)]
enum Belongs {
    #[default]
    Nobody,
    To(Arc<Inner>),
    /// A span around several requests, such as a connection's: to name one of them would be to borrow.
    Many,
}

impl SpanScope {
    /// The mark of a new span: of the scope that is current, else of its parent's.
    pub(crate) fn new(parent: Option<&Self>, is_explicit: bool) -> Self {
        let of_parent = || parent.and_then(Self::scope);
        let current = || slot::owner().and_then(|_| slot::scope().inner().cloned());
        let scope = if is_explicit {
            of_parent().or_else(current)
        } else {
            current().or_else(of_parent)
        };
        Self(Mutex::new(scope.map_or(Belongs::Nobody, Belongs::To)))
    }

    /// The handle of the request, if there is exactly one.
    pub(crate) fn handle(&self) -> Scope {
        Scope::of(self.scope())
    }

    fn scope(&self) -> Option<Arc<Inner>> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Belongs::To(scope) => Some(Arc::clone(scope)),
            Belongs::Nobody | Belongs::Many => None,
        }
    }

    /// A request has begun inside the span.
    fn adopt(&self, scope: Arc<Inner>) {
        let before = {
            let mut belongs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            let next = match &*belongs {
                Belongs::Nobody => Belongs::To(scope),
                Belongs::To(known) if Arc::ptr_eq(known, &scope) => return,
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
    let fills = span.scope().is_some_and(|scope| slot::fill(&scope));
    let entered = Entered { id, span, fills };
    let _ = ENTERED.try_with(|all| all.borrow_mut().push(entered));
}

/// The thread leaves a span.
pub(crate) fn exit(id: u64) {
    let left = ENTERED.try_with(|all| {
        let mut all = all.borrow_mut();
        let index = all.iter().rposition(|entered| entered.id == id)?;
        Some(all.remove(index))
    });
    if let Ok(Some(left)) = left
        && left.fills
    {
        slot::empty();
    }
}

/// A request has begun: the span around it, made before it, is its span too.
pub(crate) fn begin() {
    let span = ENTERED.try_with(|all| all.borrow().last().map(|top| Arc::clone(&top.span)));
    if let Ok(Some(span)) = span
        && let Some(scope) = slot::scope().inner()
    {
        span.adopt(Arc::clone(scope));
    }
}
