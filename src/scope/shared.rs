//! [`SharedScope`]: what the handles of one scope share.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use crate::report::callback::ContextCallbacks;
use crate::report::dispatch::Dispatch;
use crate::report::event::{Event, ScopeSnapshot};
use crate::report::scope_data::ScopeData;
use crate::request::RequestInfo;

/// What the handles of one scope share: the Backstop that it reports to, the request, and what was recorded.
#[derive(Debug)]
pub(crate) struct SharedScope {
    dispatch: Arc<Dispatch>,
    request: OnceLock<RequestInfo>,
    state: Mutex<State>,
}

#[derive(Debug)]
#[expect(clippy::vec_box, reason = "events are passed on in their boxes")]
struct State {
    /// Shared with captured events; recording copies it while they exist.
    data: Arc<ScopeData>,
    /// The events that wait for the request's info. The request's future owns the info and provides it at the end of a
    /// poll, so events of the first poll wait until then. `None` once the info is known, or if there is no request.
    pending: Option<Vec<Box<Event>>>,
    /// The callbacks of the innermost `contextualize` that a panic has left on its way to the layer.
    unwound: Option<Arc<ContextCallbacks>>,
}

/// The most events that wait for the request's info; further ones are captured without it.
const MAX_PENDING: usize = 64;

impl SharedScope {
    /// Creates the scope of a request, whose info is provided later.
    pub(super) fn of_request(dispatch: Arc<Dispatch>) -> Self {
        Self::new(dispatch, Some(Vec::new()))
    }

    /// Creates a scope without a request.
    pub(super) fn of_job(dispatch: Arc<Dispatch>) -> Self {
        Self::new(dispatch, None)
    }

    #[expect(clippy::vec_box, reason = "events are passed on in their boxes")]
    fn new(dispatch: Arc<Dispatch>, pending: Option<Vec<Box<Event>>>) -> Self {
        Self {
            dispatch,
            request: OnceLock::new(),
            state: Mutex::new(State {
                data: Arc::default(),
                pending,
                unwound: None,
            }),
        }
    }

    pub(super) const fn dispatch(&self) -> &Arc<Dispatch> {
        &self.dispatch
    }

    /// Records something. `change` must not run the application's code, because a lock is held.
    pub(super) fn record<T>(&self, change: impl FnOnce(&mut ScopeData) -> T) -> T {
        change(Arc::make_mut(&mut self.lock().data))
    }

    /// Returns what was recorded so far.
    pub(super) fn snapshot(&self) -> ScopeSnapshot {
        ScopeSnapshot::Recorded(Arc::clone(&self.lock().data))
    }

    /// Returns the request, once its info was provided.
    pub(super) fn request(&self) -> Option<&RequestInfo> {
        self.request.get()
    }

    /// Sets the info of the request, and captures the events that waited for it.
    #[cold]
    pub(super) fn provide_request(&self, request: &RequestInfo) {
        let request = self.request.get_or_init(|| request.clone());
        for mut event in self.take_pending() {
            event.request = Some(request.for_report());
            self.dispatch.capture(event);
        }
    }

    /// Captures an event of this scope, as soon as the request's info is known.
    pub(super) fn capture(&self, mut event: Box<Event>) {
        {
            let mut state = self.lock();
            if let Some(pending) = &mut state.pending
                && pending.len() < MAX_PENDING
            {
                pending.push(event);
                return;
            }
        }
        event.request = self.request.get().map(RequestInfo::for_report);
        self.dispatch.capture(event);
    }

    /// Keeps the callbacks of a future that a panic leaves, unless those of an inner future are kept already.
    pub(super) fn set_unwound(&self, callbacks: &Arc<ContextCallbacks>) {
        let mut state = self.lock();
        state.unwound.get_or_insert_with(|| Arc::clone(callbacks));
    }

    pub(super) fn take_unwound(&self) -> Option<Arc<ContextCallbacks>> {
        self.lock().unwound.take()
    }

    #[expect(clippy::vec_box, reason = "events are passed on in their boxes")]
    fn take_pending(&self) -> Vec<Box<Event>> {
        self.lock().pending.take().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for SharedScope {
    /// A future that was dropped before a poll ended has never provided the request's info.
    fn drop(&mut self) {
        for event in self.take_pending() {
            self.dispatch.capture(event);
        }
    }
}
