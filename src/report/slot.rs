//! Which scope is current: a thread-local that holds it while the request's code runs, in `call`, in `poll`
//! and in the body's `poll_frame`.
//!
//! The request's future keeps a [`Slot`] and moves it into the thread-local for the time of a poll; the scope
//! in it is made when somebody asks for it. So a request that records nothing allocates nothing.

use std::cell::Cell;
use std::sync::Arc;

use super::context::Context;
use super::inner::Inner;
use super::owner::Owner;
use super::{Scope, Story};
use crate::request::RequestFacts;

thread_local! {
    static CURRENT: Cell<Option<Slot>> = const { Cell::new(None) };
}

/// A request's place for its scope.
#[derive(Debug)]
pub(crate) struct Slot {
    owner: Arc<Owner>,
    scope: Option<Arc<Inner>>,
    /// Where a panic left a contextualised future on its way to the layer.
    unwound: Option<Arc<Context>>,
}

impl Slot {
    /// The slot of a new request.
    pub(crate) const fn new(owner: Arc<Owner>) -> Self {
        Self {
            owner,
            scope: None,
            unwound: None,
        }
    }

    pub(super) fn of(scope: &Arc<Inner>) -> Self {
        Self {
            owner: Arc::clone(scope.owner()),
            scope: Some(Arc::clone(scope)),
            unwound: None,
        }
    }

    /// The slot for what outlives the request's future, such as its body; it shares the scope, if there is
    /// one by now.
    pub(crate) fn of_current(owner: &Arc<Owner>) -> Self {
        let scope = with(|slot| match slot {
            Some(slot) if slot.is_of(owner) => slot.scope.clone(),
            _ => None,
        });
        Self {
            scope: scope.flatten(),
            ..Self::new(Arc::clone(owner))
        }
    }

    fn is_of(&self, owner: &Arc<Owner>) -> bool {
        Arc::ptr_eq(&self.owner, owner)
    }

    /// Whether this slot's request is the one that is current already: layers of one Backstop inside each
    /// other tell one story.
    fn is_inside(&self, outer: Option<&Self>) -> bool {
        self.scope.is_none() && outer.is_some_and(|outer| self.is_of(&outer.owner))
    }
}

/// Binds a slot to this thread until it is dropped, on unwinding too.
#[must_use = "the slot is bound as long as this lives"]
pub(crate) struct Bound<'a> {
    slot: &'a mut Option<Slot>,
    outer: Option<Slot>,
    is_bound: bool,
}

impl<'a> Bound<'a> {
    #[inline]
    pub(crate) fn enter(slot: &'a mut Option<Slot>) -> Self {
        let mut bound = Self {
            slot,
            outer: None,
            is_bound: false,
        };
        // While a thread ends its thread-locals are gone, and nothing is bound.
        let _ = CURRENT.try_with(|current| {
            let outer = current.take();
            match &*bound.slot {
                Some(slot) if !slot.is_inside(outer.as_ref()) => {
                    current.set(bound.slot.take());
                    bound.outer = outer;
                    bound.is_bound = true;
                }
                _ => current.set(outer),
            }
        });
        bound
    }

    /// Binds the slot of a request that begins now.
    #[inline]
    pub(crate) fn begin(slot: &'a mut Option<Slot>) -> Self {
        let bound = Self::enter(slot);
        #[cfg(feature = "tracing-subscriber")]
        super::span::begin();
        bound
    }

    /// Gives the current scope, if it was made by now, the facts of its request.
    #[inline]
    pub(crate) fn know(&self, facts: Option<&RequestFacts>) {
        let waiting = with(|slot| {
            let scope = slot?.scope.as_ref()?;
            (!scope.knows_facts()).then(|| Arc::clone(scope))
        });
        if let (Some(scope), Some(facts)) = (waiting.flatten(), facts) {
            scope.know(facts);
        }
    }
}

impl Drop for Bound<'_> {
    #[inline]
    fn drop(&mut self) {
        if self.is_bound {
            let outer = self.outer.take();
            let _ = CURRENT.try_with(|current| *self.slot = current.replace(outer));
        }
    }
}

/// Looks at the current slot. `look` must not call the application's code, nor this module.
fn with<T>(look: impl FnOnce(Option<&mut Slot>) -> T) -> Option<T> {
    CURRENT
        .try_with(|current| {
            let mut slot = current.take();
            let seen = look(slot.as_mut());
            current.set(slot);
            seen
        })
        .ok()
}

/// The current scope, made now if nobody asked for it before.
pub(super) fn scope() -> Scope {
    let inner = with(|slot| {
        let slot = slot?;
        let made = || Arc::new(Inner::of_request(Arc::clone(&slot.owner)));
        Some(Arc::clone(slot.scope.get_or_insert_with(made)))
    });
    Scope::of(inner.flatten())
}

/// Whose requests run on this thread now.
pub(super) fn owner() -> Option<Arc<Owner>> {
    with(|slot| Some(Arc::clone(&slot?.owner))).flatten()
}

/// The story to tell this owner of what fails now.
pub(super) fn story(owner: &Arc<Owner>) -> Story {
    let scope = with(|slot| {
        let slot = slot.filter(|slot| slot.is_of(owner))?;
        Some(slot.scope.clone())
    });
    match scope.flatten() {
        None => Story::Lost,
        Some(None) => Story::Empty,
        Some(Some(scope)) => scope.story(),
    }
}

/// Remembers for the layer that a panic is leaving this context.
pub(super) fn unwind(context: &Arc<Context>) {
    with(|slot| {
        if let Some(slot) = slot {
            slot.unwound.get_or_insert_with(|| Arc::clone(context));
        }
    });
}

pub(super) fn take_unwound() -> Option<Arc<Context>> {
    with(|slot| slot?.unwound.take()).flatten()
}

/// Makes a scope current where none is; whether it did.
#[cfg(feature = "tracing-subscriber")]
pub(super) fn fill(scope: &Arc<Inner>) -> bool {
    CURRENT
        .try_with(|current| {
            let slot = current.take();
            let is_free = slot.is_none();
            current.set(slot.or_else(|| Some(Slot::of(scope))));
            is_free
        })
        .unwrap_or(false)
}

/// Undoes a [`fill`].
#[cfg(feature = "tracing-subscriber")]
pub(super) fn empty() {
    let _ = CURRENT.try_with(|current| drop(current.take()));
}
