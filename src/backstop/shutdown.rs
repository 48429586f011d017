//! The shutdown that a panic, or the application itself, begins.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::fatal::{EndSettings, OnPanic};
use crate::error::Failure;
use crate::panics::catch::drop_catching;
use crate::pipeline::Pipeline;
use crate::report::dispatch::PanicObserver;

/// How far a shutdown is, and who is told.
#[derive(Debug)]
pub(crate) struct Shutdown {
    phase: watch::Sender<Phase>,
    is_fatal: AtomicBool,
    settings: EndSettings,
    crash_timeout: Duration,
    pipeline: Option<Arc<Pipeline>>,
    /// By which the thread that waits for the end of the grace knows that nobody is left to care.
    alive: Mutex<Option<mpsc::Sender<()>>>,
}

/// It only ever goes on.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Phase {
    Serving,
    Ending,
    GraceOver,
}

impl Shutdown {
    pub(super) fn new(
        settings: EndSettings,
        crash_timeout: Duration,
        pipeline: Option<Arc<Pipeline>>,
    ) -> Self {
        Self {
            phase: watch::Sender::new(Phase::Serving),
            is_fatal: AtomicBool::new(false),
            settings,
            crash_timeout,
            pipeline,
            alive: Mutex::default(),
        }
    }

    /// Begins it.
    pub(crate) fn request(&self) {
        self.enter(Phase::Ending);
    }

    /// Resolves once it has begun; never, if that never happens.
    pub(crate) fn begun(&self) -> impl Future<Output = ()> + Send + use<> {
        self.reached(Phase::Ending)
    }

    /// Resolves when the grace after a panic is over.
    pub(crate) fn grace_over(&self) -> impl Future<Output = ()> + Send + use<> {
        self.reached(Phase::GraceOver)
    }

    /// Whether a panic began it.
    pub(crate) fn is_fatal(&self) -> bool {
        self.is_fatal.load(Ordering::Acquire)
    }

    pub(crate) const fn timeout(&self) -> Duration {
        self.settings.shutdown_timeout
    }

    fn reached(&self, phase: Phase) -> impl Future<Output = ()> + Send + use<> {
        let mut phases = self.phase.subscribe();
        async move {
            if phases.wait_for(|now| *now >= phase).await.is_err() {
                // Nobody is left who could begin it.
                std::future::pending().await
            }
        }
    }

    fn enter(&self, phase: Phase) {
        self.phase.send_if_modified(|now| {
            let is_new = *now < phase;
            *now = phase.max(*now);
            is_new
        });
    }

    /// All that comes before the signal, and the signal.
    fn begin(&self, failure: &Failure) {
        if let Some(pipeline) = &self.pipeline {
            pipeline.flush_blocking(self.crash_timeout);
        }
        self.settings.on_fatal.call(failure);
        self.enter(Phase::Ending);
    }

    fn end(&self, failure: &Failure) {
        self.enter(Phase::GraceOver);
        self.settings.on_grace_over.call(failure);
    }
}

impl PanicObserver for Shutdown {
    fn panicked(self: Arc<Self>, failure: &Failure) {
        let OnPanic::Shutdown { grace } = self.settings.fatal else {
            return;
        };
        if self.is_fatal.swap(true, Ordering::AcqRel) {
            return;
        }
        let (alive, until) = mpsc::channel();
        *self.alive.lock().unwrap_or_else(PoisonError::into_inner) = Some(alive);
        let (shutdown, failure) = (Arc::clone(&self), failure.clone());
        let run = move || {
            shutdown.begin(&failure);
            let weak = Arc::downgrade(&shutdown);
            drop(shutdown);
            if until.recv_timeout(grace) == Err(RecvTimeoutError::Timeout)
                && let Some(shutdown) = weak.upgrade()
            {
                shutdown.end(&failure);
            }
            drop_catching(failure);
        };
        let thread = std::thread::Builder::new().name("backstop-shutdown".to_owned());
        if thread.spawn(run).is_err() {
            // Without a thread to wait on, better without the flush than without the shutdown.
            self.enter(Phase::Ending);
        }
    }
}
