//! Which scope is current: a thread-local that holds it while the request's code runs, in `call`, in `poll`
//! and in the body's `poll_frame`.
//!
//! The request's future keeps a [`CurrentScope`] and swaps it with the thread-local's for the time of a poll; the scope
//! in it is made when somebody asks for it. So a request that records nothing allocates nothing.

use std::cell::RefCell;
use std::panic::Location;
use std::sync::Arc;

use super::context::Context;
use super::dispatch::Dispatch;
use super::inner::SharedScope;
use super::trail::Taken;
use super::{Scope, ScopeSnapshot};
use crate::request::RequestInfo;

thread_local! {
    static CURRENT: RefCell<Option<CurrentScope>> = const { RefCell::new(None) };
}

/// A request's place for its scope.
#[derive(Debug)]
pub(crate) enum CurrentScope {
    /// A request's; nobody has asked for its scope yet.
    Unused(Arc<Dispatch>),
    /// A request's.
    Used(Arc<SharedScope>),
    /// A scope that was taken along to other code: by its handle, or in a span.
    Taken(Arc<Taken>),
}

impl CurrentScope {
    /// The slot of a new request.
    pub(crate) const fn new(owner: Arc<Dispatch>) -> Self {
        Self::Unused(owner)
    }

    /// The slot of code that a scope is taken along to, from this place.
    pub(super) fn taken(scope: &Arc<SharedScope>, at: &'static Location<'static>) -> Self {
        Self::Taken(Arc::new(Taken::new(scope, at)))
    }

    /// The slot for what outlives the request's future, such as its body; it shares the scope, if there is
    /// one by now.
    pub(crate) fn of_current(owner: &Arc<Dispatch>) -> Self {
        let used = with(|slot| {
            let scope = slot.as_ref()?.used()?;
            Arc::ptr_eq(scope.owner(), owner).then(|| Arc::clone(scope))
        });
        used.flatten()
            .map_or_else(|| Self::Unused(Arc::clone(owner)), Self::Used)
    }

    fn owner(&self) -> &Arc<Dispatch> {
        match self {
            Self::Unused(owner) => owner,
            Self::Used(scope) => scope.owner(),
            Self::Taken(taken) => taken.scope().owner(),
        }
    }

    fn used(&self) -> Option<&Arc<SharedScope>> {
        match self {
            Self::Unused(_) => None,
            Self::Used(scope) => Some(scope),
            Self::Taken(taken) => Some(taken.scope()),
        }
    }

    /// The scope, made now if nobody asked for it before.
    fn scope(&mut self) -> &Arc<SharedScope> {
        if let Self::Unused(owner) = self {
            *self = Self::Used(Arc::new(SharedScope::of_request(Arc::clone(owner))));
        }
        match self {
            Self::Used(scope) => scope,
            Self::Taken(taken) => taken.scope(),
            Self::Unused(_) => unreachable!("it was made above"),
        }
    }

    /// Whether this slot's request is the one that is current already: layers of one Backstop inside each
    /// other tell one story. A request that begins where a scope was taken along is another one.
    fn is_inside(&self, outer: Option<&Self>) -> bool {
        match (self, outer) {
            (Self::Unused(_), None | Some(Self::Taken(_))) => false,
            (Self::Unused(owner), Some(outer)) => Arc::ptr_eq(owner, outer.owner()),
            _ => false,
        }
    }
}

/// Binds a slot to this thread until it is dropped, on unwinding too.
#[must_use = "the slot is bound as long as this lives"]
pub(crate) struct ScopeGuard<'a> {
    /// Holds the slot outside while this one is bound.
    slot: &'a mut Option<CurrentScope>,
    is_bound: bool,
}

impl<'a> ScopeGuard<'a> {
    #[inline]
    pub(crate) fn enter(slot: &'a mut Option<CurrentScope>) -> Self {
        let is_bound = with(|current| {
            let binds = slot
                .as_ref()
                .is_some_and(|slot| !slot.is_inside(current.as_ref()));
            if binds {
                std::mem::swap(current, slot);
            }
            binds
        });
        Self {
            slot,
            is_bound: is_bound.unwrap_or(false),
        }
    }

    /// Binds the slot of a request that begins now.
    #[inline]
    pub(crate) fn begin(slot: &'a mut Option<CurrentScope>) -> Self {
        let bound = Self::enter(slot);
        super::span::begin();
        bound
    }

    /// Gives the current scope, if it was made by now, the facts of its request.
    #[inline]
    pub(crate) fn know(&self, facts: Option<&RequestInfo>) {
        if !self.is_bound {
            return;
        }
        let waiting = with(|slot| match slot {
            Some(CurrentScope::Used(scope)) if scope.facts().is_none() => Some(Arc::clone(scope)),
            _ => None,
        });
        if let (Some(Some(scope)), Some(facts)) = (waiting, facts) {
            scope.know(facts);
        }
    }

    /// Gives the current scope, which is made now, the facts of its request: where a panic ends the process, nobody
    /// can do that later.
    pub(crate) fn know_at_once(&self, facts: &RequestInfo) {
        if self.is_bound {
            drop(scope());
            self.know(Some(facts));
        }
    }
}

impl Drop for ScopeGuard<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.is_bound {
            with(|current| std::mem::swap(current, self.slot));
        }
    }
}

/// Looks at the current slot; `None` while the thread ends, when its thread-locals are gone. `look` must not
/// call the application's code, nor this module.
#[inline]
fn with<T>(look: impl FnOnce(&mut Option<CurrentScope>) -> T) -> Option<T> {
    CURRENT
        .try_with(|current| Some(look(&mut *current.try_borrow_mut().ok()?)))
        .ok()
        .flatten()
}

/// The current scope, made now if nobody asked for it before.
pub(super) fn scope() -> Scope {
    let inner = with(|slot| Some(Arc::clone(slot.as_mut()?.scope())));
    Scope::of(inner.flatten())
}

/// Whose requests run on this thread now.
pub(super) fn owner() -> Option<Arc<Dispatch>> {
    with(|slot| Some(Arc::clone(slot.as_ref()?.owner()))).flatten()
}

/// The story to tell this owner of what fails now.
pub(super) fn story(owner: &Arc<Dispatch>) -> ScopeSnapshot {
    let story = with(|slot| {
        let slot = slot
            .as_ref()
            .filter(|slot| Arc::ptr_eq(slot.owner(), owner))?;
        Some(
            slot.used()
                .map_or(ScopeSnapshot::Empty, |scope| scope.story()),
        )
    });
    story.flatten().unwrap_or(ScopeSnapshot::Lost)
}

/// The scope that is current now, whether anybody asked for it or not, and whose it is.
pub(super) fn here() -> Option<(Arc<Dispatch>, Option<Arc<SharedScope>>)> {
    with(|slot| {
        let slot = slot.as_ref()?;
        Some((Arc::clone(slot.owner()), slot.used().map(Arc::clone)))
    })
    .flatten()
}

/// By which way a scope came to the code here, if any did; the outer `None` says that the code is a request's own, for
/// which there is no such way.
pub(super) fn taken() -> Option<Option<Arc<Taken>>> {
    with(|slot| match slot {
        Some(CurrentScope::Unused(_) | CurrentScope::Used(_)) => None,
        Some(CurrentScope::Taken(taken)) => Some(Some(Arc::clone(taken))),
        None => Some(None),
    })
    .flatten()
}

/// Whether any scope is current, of a request or another.
pub(crate) fn has_slot() -> bool {
    with(|slot| matches!(slot, Some(CurrentScope::Unused(_) | CurrentScope::Used(_))))
        .unwrap_or(false)
}

/// Whether this scope is current.
pub(super) fn is_current(scope: &Arc<SharedScope>) -> bool {
    let is_it = with(|slot| {
        let used = slot.as_ref()?.used()?;
        Some(Arc::ptr_eq(used, scope))
    });
    is_it.flatten().unwrap_or(false)
}

/// The facts of this owner's request, if they are known by now.
pub(super) fn facts(owner: &Arc<Dispatch>) -> Option<RequestInfo> {
    let facts = with(|slot| {
        let scope = slot.as_ref()?.used()?;
        scope
            .facts()
            .filter(|_| Arc::ptr_eq(scope.owner(), owner))
            .cloned()
    });
    facts.flatten()
}

/// Remembers for the layer that a panic is leaving this context.
#[cold]
pub(super) fn unwind(context: &Arc<Context>) {
    if let Some(scope) = scope().inner() {
        scope.unwind(context);
    }
}

pub(super) fn take_unwound() -> Option<Arc<Context>> {
    with(|slot| slot.as_ref()?.used()?.take_unwound()).flatten()
}

/// The current scope as a span carries it: by the way that it came here.
pub(super) fn carried() -> Option<Arc<Taken>> {
    let carried = with(|slot| match slot.as_mut()? {
        CurrentScope::Taken(taken) => Some(Arc::clone(taken)),
        slot => Some(Arc::new(Taken::carried(slot.scope()))),
    });
    carried.flatten()
}

/// Makes a scope current where none is; whether it did.
pub(super) fn fill(taken: &Arc<Taken>) -> bool {
    let filled = with(|slot| {
        let is_free = slot.is_none();
        slot.get_or_insert_with(|| CurrentScope::Taken(Arc::clone(taken)));
        is_free
    });
    filled.unwrap_or(false)
}

/// Undoes a [`fill`].
pub(super) fn empty() {
    // Dropped here, where the slot is free again.
    drop(with(Option::take));
}
