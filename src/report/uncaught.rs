//! Panics that end a task or a thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::context::Context;
use super::dispatch::Dispatch;
use super::inner::SharedScope;
use super::trail::Whence;
use super::{Event, ScopeSnapshot, dispatch, slot};
use crate::panics::record::PanicRecord;

/// A panic as its hook saw it, or who caught it on its way, and the scope in which it happened.
pub(crate) struct UncaughtPanic {
    panic: Arc<PanicRecord>,
    here: Option<(Arc<Dispatch>, Option<Arc<SharedScope>>)>,
    contexts: Option<Arc<Context>>,
    whence: Option<Box<Whence>>,
    is_urgent: bool,
}

impl UncaughtPanic {
    /// In the hook: notes what is current. Handles are cloned, no lock is taken.
    pub(crate) fn new(panic: Arc<PanicRecord>) -> Self {
        Self {
            panic,
            here: slot::here(),
            contexts: Context::current(),
            whence: Whence::current(),
            is_urgent: false,
        }
    }

    /// Where the panic was caught in the current scope, and goes on.
    pub(super) fn unwound(panic: Arc<PanicRecord>) -> Self {
        let unwound = slot::take_unwound();
        let mut uncaught = Self::new(panic);
        uncaught.contexts = unwound.or(uncaught.contexts);
        uncaught
    }

    /// Whether the process may end with it.
    pub(crate) fn urgent(self, is_urgent: bool) -> Self {
        Self { is_urgent, ..self }
    }

    /// Reports it: in its scope, else to the owner of the process, and to nobody if there is none. A hook leaves this
    /// to another thread.
    pub(crate) fn tell(self) {
        let mut captured = Event::uncaught(&self.panic);
        captured.contexts = self.contexts;
        captured.whence = self.whence;
        if self.is_urgent {
            captured = captured.urgent();
        }
        let (owner, scope, story) = match self.here {
            Some((owner, scope)) => (owner, scope, ScopeSnapshot::Empty),
            None => match dispatch::process() {
                Some(owner) => (owner, None, ScopeSnapshot::Lost),
                None => return dispatch::count_unreported(),
            },
        };
        let failure = captured.failure.clone();
        let reported = failure.reported_to();
        if owner.listens() && reported.is_none_or(|reported| reported.insert(owner.number())) {
            match scope {
                Some(scope) => {
                    let mut captured = captured.of(scope.owner(), scope.story());
                    if self.is_urgent {
                        // The first poll, whose end would bring the facts, may never end.
                        captured.facts = scope.facts().cloned();
                        owner.capture(captured);
                    } else {
                        scope.capture(captured);
                    }
                }
                None => owner.capture(captured.of(&owner, story)),
            }
        }
        owner.panicked(&failure);
    }
}

/// How many panics their hook has noted to be told, and how many of these are told.
static NOTED: AtomicU64 = AtomicU64::new(0);
static TOLD: AtomicU64 = AtomicU64::new(0);
static IS_TOLD: tokio::sync::Notify = tokio::sync::Notify::const_new();

pub(crate) fn noted() {
    NOTED.fetch_add(1, Ordering::AcqRel);
}

pub(crate) fn told() {
    TOLD.fetch_add(1, Ordering::AcqRel);
    IS_TOLD.notify_waiters();
}

/// Waits until every panic that a hook has noted so far is told.
pub(crate) async fn all_told() {
    let noted = NOTED.load(Ordering::Acquire);
    loop {
        let mut is_told = std::pin::pin!(IS_TOLD.notified());
        is_told.as_mut().enable();
        if TOLD.load(Ordering::Acquire) >= noted {
            return;
        }
        is_told.await;
    }
}
