//! The delivery of reports: counting it, waiting for it, ending it.

use std::sync::Arc;
use std::time::Duration;

use super::handle::Backstop;
use crate::pipeline::{Pipeline, Remaining, Stats};

/// # Delivery of reports
impl Backstop {
    /// Returns the number of reports and their outcomes, and how many clients disconnected.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let pipeline = self.pipeline();
        let mut stats = pipeline
            .map(|pipeline| pipeline.stats())
            .unwrap_or_default();
        stats.disconnects = self.shared.disconnects.snapshot();
        stats
    }

    /// Waits until every report so far has been delivered or dropped, for at most `timeout`, and returns what remains.
    ///
    /// Returns early if waiting cannot help, because a reporter must not be retried before the timeout.
    pub async fn flush(&self, timeout: Duration) -> Remaining {
        match self.pipeline() {
            Some(pipeline) => pipeline.flush(timeout).await,
            None => Remaining::default(),
        }
    }

    /// Like [`flush`](Self::flush), for threads that may block.
    #[expect(
        clippy::must_use_candidate,
        reason = "most callers only want to have waited"
    )]
    pub fn flush_blocking(&self, timeout: Duration) -> Remaining {
        match self.pipeline() {
            Some(pipeline) => pipeline.flush_blocking(timeout),
            None => Remaining::default(),
        }
    }

    /// Ends reporting: stops capturing, delivers pending reports for at most `timeout`, drops the rest, and returns
    /// what remained.
    ///
    /// ```
    /// use std::time::Duration;
    /// use backstop::{Backstop, reporters::Memory};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
    /// let backstop = Backstop::production().reporter(Memory::new()).build()?;
    /// // … after `axum::serve(…).with_graceful_shutdown(…)` has returned:
    /// let remaining = backstop.close(Duration::from_secs(5)).await;
    /// assert!(remaining.is_empty());
    /// # Ok(()) }
    /// ```
    pub async fn close(&self, timeout: Duration) -> Remaining {
        match self.pipeline() {
            Some(pipeline) => pipeline.close(timeout).await,
            None => Remaining::default(),
        }
    }

    /// Like [`close`](Self::close), for threads that may block.
    #[expect(
        clippy::must_use_candidate,
        reason = "most callers only want to have waited"
    )]
    pub fn close_blocking(&self, timeout: Duration) -> Remaining {
        match self.pipeline() {
            Some(pipeline) => pipeline.close_blocking(timeout),
            None => Remaining::default(),
        }
    }

    pub(super) fn pipeline(&self) -> Option<&Arc<Pipeline>> {
        self.shared.pipeline.as_ref()
    }
}
