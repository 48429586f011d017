//! The handle of the pipeline.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use uuid::Uuid;

use super::core::Core;
use super::settings::{Place, Settings};
use super::ticket::Ticket;
use super::{Remaining, Stats, reporting};
use crate::report::{Captured, Outcome, Sink};

/// Takes failures and delivers reports, until the last handle is dropped.
#[derive(Debug)]
pub(crate) struct Pipeline {
    core: Arc<Core>,
}

/// For how long the last handle waits when it is dropped.
const LAST_WAIT: Duration = Duration::from_secs(2);

impl Pipeline {
    pub(crate) fn new(settings: Settings) -> Self {
        let keeps = settings
            .reporters
            .iter()
            .any(|reporter| reporter.kept().is_some_and(|kept| kept > 0));
        let core = Arc::new(Core::new(settings));
        if keeps {
            core.start();
        }
        Self { core }
    }

    /// Like [`Sink::capture`], with a ticket for its outcome.
    pub(crate) fn track(&self, captured: Box<Captured>) -> Arc<Ticket> {
        let ticket = Arc::new(Ticket::default());
        self.core.capture(captured, Some(Arc::clone(&ticket)));
        ticket
    }

    pub(crate) fn stats(&self) -> Stats {
        self.core.stats()
    }

    pub(crate) async fn flush(&self, timeout: Duration) -> Remaining {
        self.core.revive();
        self.core.wait(after(timeout)).await;
        self.core.remaining()
    }

    pub(crate) async fn shutdown(&self, timeout: Duration) -> Remaining {
        let deadline = after(timeout);
        self.core.revive();
        self.core.close(deadline);
        self.core.wait(deadline).await;
        let remaining = self.core.remaining();
        self.core.abandon();
        remaining
    }
}

impl Sink for Pipeline {
    fn capture(&self, captured: Box<Captured>) {
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
        if reporting::is_on() || self.core.place == Place::CurrentRuntime {
            return;
        }
        self.core.wait_blocking(LAST_WAIT);
        self.core.abandon();
    }
}

fn after(timeout: Duration) -> Instant {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    Instant::now() + timeout.min(YEAR)
}
