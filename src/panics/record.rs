//! What is known about a panic.

use std::any::Any;
use std::fmt;
use std::panic::PanicHookInfo;
use std::sync::{Arc, OnceLock};
use std::thread::Thread;

use super::mark::PanicMark;
use super::payload::Payload;
use crate::backtrace::{Backtrace, CreationTrace, SourceLocation};
use crate::identity::ReportedTo;

/// What a panic hook knows about a panic. Only a hook has access to the location and the backtrace.
pub(crate) struct PanicRecord {
    pub(super) payload: Payload,
    pub(crate) location: Option<SourceLocation>,
    pub(crate) backtrace: Option<Backtrace>,
    /// Only in development.
    pub(crate) creation: Option<CreationTrace>,
    pub(crate) thread: Option<Thread>,
    mark: PanicMark,
    /// Whether it is reported as uncaught, but may still reach a layer that catches it.
    is_reported_as_uncaught: bool,
    ends_process: bool,
    reported_to: OnceLock<Arc<ReportedTo>>,
}

impl PanicRecord {
    /// Records what a hook sees. Must not panic, wait, or call the application.
    ///
    /// `is_caught` says whether a layer will catch the panic and report it.
    pub(super) fn in_hook(info: &PanicHookInfo<'_>, is_caught: bool) -> Self {
        let payload = Payload::started(info.payload());
        // All crates of a program are compiled with the same panic strategy.
        let ends_process = cfg!(panic = "abort") || payload.aborts();
        Self {
            payload,
            location: info.location().map(SourceLocation::copied_from),
            backtrace: Backtrace::capture(),
            creation: CreationTrace::capture_if_shown(),
            thread: Some(std::thread::current()),
            mark: PanicMark::of_panic(),
            is_reported_as_uncaught: ends_process || !is_caught,
            ends_process,
            reported_to: OnceLock::new(),
        }
    }

    /// Records a panic that no hook has seen, on the thread that caught it.
    pub(crate) fn without_hook(payload: &(dyn Any + Send), ends_process: bool) -> Arc<Self> {
        Arc::new(Self {
            payload: Payload::caught(payload),
            location: None,
            backtrace: None,
            creation: None,
            thread: Some(std::thread::current()),
            mark: PanicMark::of_panic(),
            is_reported_as_uncaught: true,
            ends_process,
            reported_to: OnceLock::new(),
        })
    }

    /// What it says about where the panic started, for a panic that may be this one and is reported on its own.
    pub(super) fn without_id(&self) -> Arc<Self> {
        Arc::new(Self {
            payload: self.payload.clone(),
            location: self.location.clone(),
            backtrace: self.backtrace.clone(),
            creation: self.creation.clone(),
            thread: self.thread.clone(),
            mark: self.mark,
            is_reported_as_uncaught: false,
            ends_process: false,
            reported_to: OnceLock::new(),
        })
    }

    /// When it started.
    pub(super) const fn mark(&self) -> PanicMark {
        self.mark
    }

    /// The panic's message.
    pub(crate) fn text(&self) -> &str {
        self.payload.text().unwrap_or("Box<dyn Any>")
    }

    /// Whether the process ends once the hook has returned, because the panic cannot be caught.
    pub(crate) const fn ends_process(&self) -> bool {
        self.ends_process
    }

    /// For a panic that is reported as uncaught: which Backstops have reported it, and under which id, so that it is
    /// reported only once if a layer catches it after all.
    pub(crate) fn reported_to(&self) -> Option<&Arc<ReportedTo>> {
        self.is_reported_as_uncaught
            .then(|| self.reported_to.get_or_init(Arc::default))
    }
}

impl fmt::Debug for PanicRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PanicRecord")
            .field("text", &self.text())
            .field("location", &self.location)
            .finish_non_exhaustive()
    }
}
