//! The shutdown of the service, started by a panic or by the application.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;

use super::panic_settings::{PanicCallback, PanicSettings};
use crate::error::Failure;
use crate::panics::catch::drop_catching;
use crate::pipeline::Pipeline;
use crate::report::dispatch::PanicObserver;

/// The state of the shutdown.
#[derive(Debug)]
pub(crate) struct Shutdown {
    phase: watch::Sender<Phase>,
    has_panicked: AtomicBool,
    settings: PanicSettings,
    pipeline: Option<Arc<Pipeline>>,
    /// Dropped with this value: then the thread that waits for the end of the grace stops waiting.
    alive: Mutex<Option<mpsc::Sender<()>>>,
}

/// Never goes back to an earlier one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Phase {
    Running,
    ShuttingDown,
    GraceOver,
}

impl Shutdown {
    pub(super) fn new(settings: PanicSettings, pipeline: Option<Arc<Pipeline>>) -> Self {
        Self {
            phase: watch::Sender::new(Phase::Running),
            has_panicked: AtomicBool::new(false),
            settings,
            pipeline,
            alive: Mutex::default(),
        }
    }

    /// Starts the shutdown, without a grace.
    pub(crate) fn request(&self) {
        self.enter(Phase::ShuttingDown);
    }

    /// Resolves when the shutdown starts.
    pub(crate) fn requested(&self) -> impl Future<Output = ()> + Send + use<> {
        self.reached(Phase::ShuttingDown)
    }

    /// Resolves when the grace after a panic is over.
    pub(crate) fn grace_over(&self) -> impl Future<Output = ()> + Send + use<> {
        self.reached(Phase::GraceOver)
    }

    /// Whether a panic started the shutdown.
    pub(crate) fn has_panicked(&self) -> bool {
        self.has_panicked.load(Ordering::Acquire)
    }

    pub(crate) fn close_timeout(&self) -> Duration {
        self.settings.close_timeout_or_default()
    }

    fn reached(&self, phase: Phase) -> impl Future<Output = ()> + Send + use<> {
        let mut phases = self.phase.subscribe();
        async move {
            if phases.wait_for(|now| *now >= phase).await.is_err() {
                // The last handle is gone, so nothing can start the shutdown anymore.
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

    /// What comes before the signal, and the signal.
    fn start_after(&self, failure: &Failure) {
        if let Some(pipeline) = &self.pipeline {
            pipeline.flush_blocking(self.settings.crash_timeout_or_default());
        }
        call(&self.settings.on_shutdown, failure);
        self.enter(Phase::ShuttingDown);
    }

    fn end_grace(&self, failure: &Failure) {
        self.enter(Phase::GraceOver);
        call(&self.settings.on_grace_over, failure);
    }
}

fn call(callbacks: &[PanicCallback], failure: &Failure) {
    for callback in callbacks {
        callback.call(|callback| callback(failure));
    }
}

impl PanicObserver for Shutdown {
    fn panicked(self: Arc<Self>, failure: &Failure) {
        let Some(grace) = self.settings.grace() else {
            return;
        };
        if self.has_panicked.swap(true, Ordering::AcqRel) {
            return;
        }
        let (alive, dropped) = mpsc::channel();
        *self.alive.lock().unwrap_or_else(PoisonError::into_inner) = Some(alive);
        let (shutdown, failure) = (Arc::clone(&self), failure.clone());
        let run = move || {
            shutdown.start_after(&failure);
            let weak = Arc::downgrade(&shutdown);
            drop(shutdown);
            if dropped.recv_timeout(grace) == Err(RecvTimeoutError::Timeout)
                && let Some(shutdown) = weak.upgrade()
            {
                shutdown.end_grace(&failure);
            }
            drop_catching(failure);
        };
        let thread = std::thread::Builder::new().name("backstop-shutdown".to_owned());
        if thread.spawn(run).is_err() {
            // Without a thread to wait on, shut down without flushing first.
            self.enter(Phase::ShuttingDown);
        }
    }
}
