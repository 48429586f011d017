//! Reports, from the application's side.

use std::sync::Arc;
use std::time::Duration;

use super::shutdown::Shutdown;
use super::{Backstop, log};
use crate::error::{Error, Failure, Origin};
use crate::panics::catch::catch_panic;
use crate::pipeline::{Pipeline, Remaining, Stats};
use crate::report::{Event, Outcome, Severity};

/// Reports.
impl Backstop {
    /// Starts a report by hand, for who wants to know what becomes of it.
    pub const fn draft(&self) -> Draft<'_> {
        Draft {
            backstop: self,
            error: None,
            severity: Severity::Warning,
        }
    }

    /// How many reports there were and what became of them.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let pipeline = self.pipeline();
        pipeline
            .map(|pipeline| pipeline.stats())
            .unwrap_or_default()
    }

    /// Waits until all that was captured so far has arrived or was dropped, as far as that can be before the
    /// timeout, and tells what remains. It returns early where waiting is no use, for a reporter asked to be
    /// left alone for longer.
    pub async fn flush(&self, timeout: Duration) -> Remaining {
        match self.pipeline() {
            Some(pipeline) => pipeline.flush(timeout).await,
            None => Remaining::default(),
        }
    }

    /// Ends reporting: captures nothing more, delivers what is there until the timeout, drops the rest and
    /// tells how much that was.
    ///
    /// ```
    /// use std::time::Duration;
    /// use backstop::{Backstop, reporters::Memory};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
    /// let backstop = Backstop::production().reporter(Memory::new()).build()?;
    /// // … after `axum::serve(…).with_graceful_shutdown(…)` has returned:
    /// let remaining = backstop.shutdown(Duration::from_secs(5)).await;
    /// assert!(remaining.is_empty());
    /// # Ok(()) }
    /// ```
    pub async fn shutdown(&self, timeout: Duration) -> Remaining {
        match self.pipeline() {
            Some(pipeline) => pipeline.shutdown(timeout).await,
            None => Remaining::default(),
        }
    }

    /// The same for a thread that may block.
    pub(crate) fn shutdown_blocking(&self, timeout: Duration) -> Remaining {
        let pipeline = self.pipeline();
        pipeline.map_or_else(Remaining::default, |it| it.shutdown_blocking(timeout))
    }

    /// Tells of the error in which the application's main future ended.
    pub(crate) fn tell_end(&self, error: &Error) {
        let failure = Failure::new(Arc::clone(error.inner()), Origin::Handler, self.statuses());
        if self.shared.logs {
            // A subscriber is the application's.
            catch_panic(|| log::record_end(&failure, &self.shared.answers.policy.redactor));
        }
        let owner = self.owner();
        if owner.listens()
            && let Some(captured) = Event::ended(failure, owner)
        {
            owner.capture(captured);
        }
    }

    pub(crate) fn ending(&self) -> &Shutdown {
        &self.shared.reports.shutdown
    }

    fn pipeline(&self) -> Option<&Arc<Pipeline>> {
        self.shared.reports.pipeline.as_ref()
    }
}

/// A report made by hand; [`Backstop::draft`] starts one.
///
/// ```
/// use backstop::Backstop;
/// use backstop::Error;
/// use backstop::stats::Outcome;
/// use backstop::reporters::Memory;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), backstop::ConfigError> {
/// let backstop = Backstop::production().reporter(Memory::new()).build()?;
/// let outcome = backstop.draft().error(Error::msg("the nightly import found no file")).send().await;
/// assert_eq!(outcome, Outcome::Delivered);
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "a draft is not reported before it is sent"]
pub struct Draft<'a> {
    backstop: &'a Backstop,
    error: Option<Error>,
    severity: Severity,
}

impl Draft<'_> {
    /// What happened.
    #[track_caller]
    pub fn error(mut self, error: impl Into<Error>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// How bad it is. Default: [`Severity::Warning`].
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Reports it and waits for what becomes of it at every reporter: the first outcome that is neither
    /// [`Delivered`](Outcome::Delivered) nor [`Spooled`](Outcome::Spooled), if there is one. That may take as
    /// long as reporters are tried again; the report is on its way whether this is awaited to its end or not.
    ///
    /// Without a reporter the outcome is [`Filtered`](Outcome::Filtered).
    pub async fn send(self) -> Outcome {
        match self.track() {
            Some(ticket) => ticket.outcome().await,
            None => Outcome::Filtered,
        }
    }

    /// Like [`send`](Self::send), for threads that may block: waits for 10 seconds at most, and answers
    /// [`Outcome::Pending`] then.
    #[must_use]
    pub fn send_blocking(self) -> Outcome {
        const LONGEST: Duration = Duration::from_secs(10);
        match self.track() {
            Some(ticket) => ticket.wait(LONGEST),
            None => Outcome::Filtered,
        }
    }

    fn track(self) -> Option<Arc<crate::pipeline::DeliveryWaiter>> {
        let pipeline = self.backstop.pipeline()?;
        let error = self.error.unwrap_or_else(|| Error::msg("reported by hand"));
        let inner = Arc::clone(error.inner());
        let failure = Failure::new(inner, Origin::Handler, self.backstop.statuses());
        let mut captured = Event::drafted(failure, self.backstop.owner());
        captured.severity = self.severity;
        Some(pipeline.track(captured))
    }
}
