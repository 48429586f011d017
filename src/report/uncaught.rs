//! Panics that end a task or a thread, for there is nobody to catch them.

use std::sync::Arc;

use super::context::Context;
use super::inner::Inner;
use super::owner::{self, Owner};
use super::{Captured, Story, slot};
use crate::error::Panic;

/// A panic as its hook saw it, and the scope in which it happened.
pub(crate) struct Uncaught {
    panic: Arc<Panic>,
    here: Option<(Arc<Owner>, Option<Arc<Inner>>)>,
    contexts: Option<Arc<Context>>,
}

impl Uncaught {
    /// Notes what is current: handles are cloned, no lock is taken.
    pub(crate) fn new(panic: Arc<Panic>) -> Self {
        Self {
            panic,
            here: slot::here(),
            contexts: Context::current(),
        }
    }

    /// Reports it, on another thread: in its scope, else to the owner of the process, and to nobody if there is
    /// none.
    pub(crate) fn tell(self) {
        let captured = Captured::uncaught(&self.panic, self.contexts);
        let told = |owner: &Arc<Owner>| {
            let notice = captured.failure.inner().notice();
            notice.is_none_or(|notice| !notice.tell(owner.number()))
        };
        match self.here {
            Some((owner, _)) if !owner.listens() || told(&owner) => {}
            Some((_, Some(scope))) => {
                let story = scope.story();
                let captured = captured.of(scope.owner(), story);
                scope.capture(captured);
            }
            Some((owner, None)) => owner.capture(captured.of(&owner, Story::Empty)),
            None => match owner::process() {
                Some(owner) if owner.listens() && !told(&owner) => {
                    owner.capture(captured.of(&owner, Story::Lost));
                }
                Some(_) => {}
                None => owner::count_unheard(),
            },
        }
    }
}
