//! Panics that end a task or a thread.

use std::sync::Arc;

use super::context::Context;
use super::inner::Inner;
use super::owner::{self, Owner};
use super::trail::Whence;
use super::{Captured, Story, slot};
use crate::error::Panic;

/// A panic as its hook saw it, or who caught it on its way, and the scope in which it happened.
pub(crate) struct Uncaught {
    panic: Arc<Panic>,
    here: Option<(Arc<Owner>, Option<Arc<Inner>>)>,
    contexts: Option<Arc<Context>>,
    whence: Option<Box<Whence>>,
}

impl Uncaught {
    /// In the hook: notes what is current. Handles are cloned, no lock is taken.
    pub(crate) fn new(panic: Arc<Panic>) -> Self {
        Self {
            panic,
            here: slot::here(),
            contexts: Context::current(),
            whence: Whence::current(),
        }
    }

    /// Where the panic was caught in the current scope, and goes on.
    #[cfg(feature = "reports")]
    pub(super) fn unwound(panic: Arc<Panic>) -> Self {
        let unwound = slot::take_unwound();
        let mut uncaught = Self::new(panic);
        uncaught.contexts = unwound.or(uncaught.contexts);
        uncaught
    }

    /// Reports it: in its scope, else to the owner of the process, and to nobody if there is none. A hook leaves this
    /// to another thread.
    pub(crate) fn tell(self) {
        let mut captured = Captured::uncaught(&self.panic);
        captured.contexts = self.contexts;
        captured.whence = self.whence;
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
