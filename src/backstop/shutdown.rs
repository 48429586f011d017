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
        self.panicked_with(failure, grace, |run| {
            let thread = std::thread::Builder::new().name("backstop-shutdown".to_owned());
            thread.spawn(run).is_ok()
        });
    }
}

impl Shutdown {
    /// Shuts down on a thread of its own, which `spawn` starts if it can.
    fn panicked_with(
        self: Arc<Self>,
        failure: &Failure,
        grace: Duration,
        spawn: impl FnOnce(Box<dyn FnOnce() + Send>) -> bool,
    ) {
        let (alive, dropped) = mpsc::channel();
        *self.alive.lock().unwrap_or_else(PoisonError::into_inner) = Some(alive);
        let (shutdown, kept) = (Arc::clone(&self), failure.clone());
        let is_spawned = spawn(Box::new(move || {
            shutdown.start_after(&kept);
            let weak = Arc::downgrade(&shutdown);
            drop(shutdown);
            if dropped.recv_timeout(grace) == Err(RecvTimeoutError::Timeout)
                && let Some(shutdown) = weak.upgrade()
            {
                shutdown.end_grace(&kept);
            }
            drop_catching(kept);
        }));
        if !is_spawned {
            // Without a thread to wait on, nothing is flushed first, and the grace has no end.
            call(&self.settings.on_shutdown, failure);
            self.enter(Phase::ShuttingDown);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;
    use crate::error::Error;
    use crate::panics::OnPanic;

    #[test]
    fn if_no_thread_can_be_spawned_the_callbacks_run_and_the_service_shuts_down() {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let grace = Duration::from_secs(1);
        let settings = PanicSettings::new(OnPanic::ShutDown { grace }).on_shutdown(|_| {
            CALLS.fetch_add(1, Ordering::Relaxed);
        });
        let shutdown = Arc::new(Shutdown::new(settings, None));
        let failure = Failure::from(Error::msg("x"));
        Arc::clone(&shutdown).panicked_with(&failure, grace, |_| false);
        assert_eq!(CALLS.load(Ordering::Relaxed), 1);
        assert_eq!(*shutdown.phase.borrow(), Phase::ShuttingDown);
    }
}
