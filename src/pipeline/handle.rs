//! The handle of the pipeline.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;
use uuid::Uuid;

use super::core::Core;
use super::settings::{Executor, Settings};
use super::ticket::DeliveryWaiter;
use super::{Remaining, Stats, registry, reporting};
use crate::report::dispatch::EventSink;
use crate::report::event::Event;
use crate::report::outcome::Outcome;

/// Takes failures and delivers reports, until the last handle is dropped.
#[derive(Debug)]
pub(crate) struct Pipeline {
    core: Arc<Core>,
}

/// For how long the last handle waits when it is dropped.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// For how long a new process waits for the reports of one that died as it started.
const FIRST_WAIT: Duration = Duration::from_secs(2);

impl Pipeline {
    /// Starts what earlier processes have left. Where one of them died as it started, this one may too: so its
    /// reports come first, before this returns.
    pub(crate) fn new(settings: Settings) -> Self {
        let keeps = settings
            .reporters
            .iter()
            .any(|reporter| reporter.kept().is_some_and(|kept| kept > 0));
        let keepers = settings
            .reporters
            .iter()
            .filter_map(|reporter| reporter.keeper());
        let is_first = keepers.into_iter().any(|keeper| keeper.died_at_start());
        let core = Arc::new(Core::new(settings));
        registry::insert(&core);
        if keeps {
            core.start();
        }
        if is_first && core.place == Executor::Threads {
            core.wait_blocking(FIRST_WAIT);
        }
        Self { core }
    }

    /// Like [`EventSink::capture`], with a ticket for its outcome.
    pub(crate) fn track(&self, captured: Box<Event>) -> Arc<DeliveryWaiter> {
        let ticket = Arc::new(DeliveryWaiter::default());
        self.core.capture(captured, Some(Arc::clone(&ticket)));
        ticket
    }

    pub(crate) fn stats(&self) -> Stats {
        self.core.stats()
    }

    pub(crate) async fn flush(&self, timeout: Duration) -> Remaining {
        let deadline = after(timeout);
        let _ = tokio::time::timeout_at(deadline, crate::scope::all_panics_reported()).await;
        self.core.revive();
        self.core.wait(deadline).await;
        self.core.remaining()
    }

    /// The same for a thread that may block.
    pub(crate) fn flush_blocking(&self, timeout: Duration) -> Remaining {
        self.core.revive();
        if self.core.place == Executor::Threads {
            self.core.wait_blocking(bounded(timeout));
        }
        self.core.remaining()
    }

    /// The same for a thread that may block.
    pub(crate) fn shutdown_blocking(&self, timeout: Duration) -> Remaining {
        self.core.revive();
        self.core.close(after(timeout));
        if self.core.place == Executor::Threads {
            self.core.wait_blocking(bounded(timeout));
        }
        let remaining = self.core.remaining();
        self.core.abandon();
        remaining
    }

    pub(crate) async fn shutdown(&self, timeout: Duration) -> Remaining {
        let deadline = after(timeout);
        let _ = tokio::time::timeout_at(deadline, crate::scope::all_panics_reported()).await;
        self.core.revive();
        self.core.close(deadline);
        self.core.wait(deadline).await;
        let remaining = self.core.remaining();
        self.core.abandon();
        remaining
    }
}

impl EventSink for Pipeline {
    fn capture(&self, captured: Box<Event>) {
        self.core.capture(captured, None);
    }

    fn filtered(&self, id: Uuid) {
        self.core.refuse(id, Outcome::Filtered, None);
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.core.close(after(LAST_WAIT));
        // On the pipeline's own threads, and where the work needs this very thread, waiting would wait for
        // itself: the work then ends on its own.
        if reporting::is_on() || self.core.place == Executor::CurrentRuntime {
            return;
        }
        self.core.wait_blocking(LAST_WAIT);
        self.core.abandon();
    }
}

fn after(timeout: Duration) -> Instant {
    Instant::now() + bounded(timeout)
}

/// So that adding it to a time does not fail.
fn bounded(timeout: Duration) -> Duration {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    timeout.min(YEAR)
}
