//! What the handles of one scope share.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use super::context::Context;
use super::dispatch::Dispatch;
use super::record::Record;
use super::{Event, ScopeSnapshot};
use crate::request::RequestInfo;

/// The shared part of a scope.
#[derive(Debug)]
pub(crate) struct SharedScope {
    owner: Arc<Dispatch>,
    facts: OnceLock<RequestInfo>,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Shared with the reports that were captured; the next word copies it then.
    record: Arc<Record>,
    waits: Waits,
    /// Where a panic left a contextualised future on its way to the layer.
    unwound: Option<Arc<Context>>,
}

/// The facts stand in the request's future, which gives them when its poll ends: what is reported in the
/// first poll waits for them until then.
#[derive(Debug, Default)]
#[expect(clippy::vec_box, reason = "they go on in their boxes")]
enum Waits {
    #[default]
    No,
    Yes(Vec<Box<Event>>),
}

/// Reports that wait for the facts at the most; what is told beyond goes without them.
const MAX_WAITING: usize = 64;

impl SharedScope {
    /// The scope of a request, whose facts will follow.
    pub(super) fn of_request(owner: Arc<Dispatch>) -> Self {
        Self::new(owner, Waits::Yes(Vec::new()))
    }

    /// A scope without a request.
    pub(super) fn of_job(owner: Arc<Dispatch>) -> Self {
        Self::new(owner, Waits::No)
    }

    fn new(owner: Arc<Dispatch>, waits: Waits) -> Self {
        let record = Arc::default();
        Self {
            owner,
            facts: OnceLock::new(),
            state: Mutex::new(State {
                record,
                waits,
                unwound: None,
            }),
        }
    }

    pub(super) const fn owner(&self) -> &Arc<Dispatch> {
        &self.owner
    }

    /// Records; `change` must not call the application's code, for the lock is held.
    pub(super) fn record<T>(&self, change: impl FnOnce(&mut Record) -> T) -> T {
        change(Arc::make_mut(&mut self.lock().record))
    }

    /// What was recorded until now.
    pub(super) fn story(&self) -> ScopeSnapshot {
        ScopeSnapshot::Told(Arc::clone(&self.lock().record))
    }

    pub(super) fn facts(&self) -> Option<&RequestInfo> {
        self.facts.get()
    }

    /// Takes the facts of the request, and sends what waited for them.
    #[cold]
    pub(super) fn know(&self, facts: &RequestInfo) {
        let facts = self.facts.get_or_init(|| facts.clone());
        for mut captured in self.waiting() {
            captured.facts = Some(facts.clone());
            self.owner.capture(captured);
        }
    }

    /// Hands a failure over that was told by this scope's handle.
    pub(super) fn capture(&self, mut captured: Box<Event>) {
        {
            let mut state = self.lock();
            if let Waits::Yes(waiting) = &mut state.waits
                && waiting.len() < MAX_WAITING
            {
                waiting.push(captured);
                return;
            }
        }
        captured.facts = self.facts.get().cloned();
        self.owner.capture(captured);
    }

    /// Keeps the innermost context that a panic leaves.
    pub(super) fn unwind(&self, context: &Arc<Context>) {
        let mut state = self.lock();
        state.unwound.get_or_insert_with(|| Arc::clone(context));
    }

    pub(super) fn take_unwound(&self) -> Option<Arc<Context>> {
        self.lock().unwound.take()
    }

    #[expect(clippy::vec_box, reason = "they go on in their boxes")]
    fn waiting(&self) -> Vec<Box<Event>> {
        match std::mem::take(&mut self.lock().waits) {
            Waits::No => Vec::new(),
            Waits::Yes(waiting) => waiting,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SharedScope {
    /// A future that was dropped in its first poll never gave its facts.
    fn drop(&mut self) {
        for captured in self.waiting() {
            self.owner.capture(captured);
        }
    }
}
