//! [`Draft`]: a report made by hand, whose outcome the application awaits.

use std::sync::Arc;
use std::time::Duration;

use super::handle::Backstop;
use crate::error::{Error, Failure, Origin};
use crate::pipeline::DeliveryWaiter;
use crate::report::outcome::Outcome;
use crate::report::severity::Severity;
use crate::scope;

impl Backstop {
    /// Starts a report by hand, whose outcome can be awaited.
    pub const fn draft(&self) -> Draft<'_> {
        Draft {
            backstop: self,
            error: None,
            severity: Severity::Warning,
        }
    }
}

/// A report made by hand; [`Backstop::draft`] starts one.
///
/// ```
/// use backstop::{Backstop, Error, reporters::Memory, stats::Outcome};
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
    /// The error to report. Default: one that says that the report was made by hand.
    #[track_caller]
    pub fn error(mut self, error: impl Into<Error>) -> Self {
        self.error = Some(error.into());
        self
    }

    /// The severity of the report. Default: [`Severity::Warning`].
    pub const fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    /// Reports it and waits until every reporter has an outcome. Returns the first outcome that is neither
    /// [`Delivered`](Outcome::Delivered) nor [`Spooled`](Outcome::Spooled), if there is one.
    ///
    /// The wait may take as long as reporters are retried. The report is sent even if the future is dropped before it
    /// ends. Without a reporter the outcome is [`Filtered`](Outcome::Filtered).
    pub async fn send(self) -> Outcome {
        match self.capture() {
            Some(waiter) => waiter.outcome().await,
            None => Outcome::Filtered,
        }
    }

    /// Like [`send`](Self::send), for threads that may block. Waits for 10 seconds at most, and then returns
    /// [`Outcome::Pending`].
    #[must_use]
    pub fn send_blocking(self) -> Outcome {
        const LONGEST: Duration = Duration::from_secs(10);
        match self.capture() {
            Some(waiter) => waiter.wait(LONGEST),
            None => Outcome::Filtered,
        }
    }

    fn capture(self) -> Option<Arc<DeliveryWaiter>> {
        let pipeline = self.backstop.pipeline()?;
        let error = self.error.unwrap_or_else(|| Error::msg("reported by hand"));
        let inner = Arc::clone(error.repr());
        let failure = Failure::new(inner, Origin::Notify, self.backstop.statuses());
        let dispatch = self.backstop.dispatch();
        let mut event = scope::event(failure, dispatch);
        event.request = scope::current_request(dispatch);
        event.severity = self.severity;
        Some(pipeline.track(event))
    }
}
