//! The trait of all reporters.

use std::borrow::Cow;
use std::sync::Arc;

use super::delivery::Delivery;
use crate::error::BoxError;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// Delivers reports to where people see them: a log, a file, a tracker.
///
/// Each reporter has a thread and a backlog of its own: while one waits, fails, blocks or panics, the others go on.
/// Reports arrive complete and redacted, in batches of at most 32, one batch at a time. What a reporter could not
/// deliver is tried again for 15 minutes, or, with a `Spool`, until it has arrived.
///
/// Only [`deliver`](Self::deliver) is required. For a reporter without settings of its own,
/// [`from_fn`](super::from_fn) is shorter.
///
/// ```
/// use std::sync::Arc;
///
/// use backstop::reporters::{Delivery, Reporter};
/// use backstop::{Backstop, Report};
///
/// struct Pager;
///
/// impl Reporter for Pager {
///     async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
///         // One delivery for each report, in the order of the batch.
///         batch.iter().map(|_report| Delivery::Delivered).collect()
///     }
/// }
///
/// let backstop = Backstop::production().reporter(Pager).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
pub trait Reporter: Send + Sync {
    /// Delivers a batch, and returns what became of each report, in the order of the batch.
    ///
    /// A report without a [`Delivery`] is tried again. So is the whole batch if this panics or takes longer than a
    /// minute; after a panic each report is tried on its own, so that one bad report does not take others along.
    ///
    /// It runs on a current-thread tokio runtime that belongs to this reporter, so it may block.
    fn deliver(&self, batch: &[Arc<Report>]) -> impl Future<Output = Vec<Delivery>> + Send;

    /// The name of this reporter in statistics and outcomes. Default: the name of its type, without its path.
    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(short_name(std::any::type_name::<Self>()))
    }

    /// Where the reports go: the endpoint and the project or customer there. Default: empty, which is right for a
    /// reporter that has only one destination.
    ///
    /// A `Spool` delivers the reports that an earlier process left behind only if name and destination are the same,
    /// so that a changed setting or a shared directory never sends one project's reports to another. Only a hash of
    /// this text is stored, so it may contain a secret.
    fn destination(&self) -> Cow<'static, str> {
        Cow::Borrowed("")
    }

    /// Whether this reporter can show the frames of a backtrace. Default: `false`.
    ///
    /// If one reporter can, every error captures its backtrace as it is made, as with
    /// [`capture_backtraces`](crate::settings::Reporting::capture_backtraces). Without the feature `frames` there are none.
    fn wants_frames(&self) -> bool {
        false
    }

    /// Checks the reporter's settings, once, when the [`Backstop`](crate::Backstop) is built.
    ///
    /// # Errors
    ///
    /// What is wrong and what to set instead.
    fn check(&self) -> Result<(), BoxError> {
        Ok(())
    }

    /// Called before a batch with the number of reports that were dropped since the last call, for each reason:
    /// before they reached this reporter, or because it could not deliver them.
    ///
    /// It is for services that show how much they were not sent. Drops after the last batch are not reported.
    fn dropped(&self, reason: Outcome, count: u64) {
        let _ = (reason, count);
    }
}

impl<R: Reporter + ?Sized> Reporter for Arc<R> {
    fn deliver(&self, batch: &[Arc<Report>]) -> impl Future<Output = Vec<Delivery>> + Send {
        (**self).deliver(batch)
    }

    fn name(&self) -> Cow<'static, str> {
        (**self).name()
    }

    fn destination(&self) -> Cow<'static, str> {
        (**self).destination()
    }

    fn wants_frames(&self) -> bool {
        (**self).wants_frames()
    }

    fn check(&self) -> Result<(), BoxError> {
        (**self).check()
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        (**self).dropped(reason, count);
    }
}

/// Shortens `a::b::Retrying<c::Memory>` to `Retrying<Memory>`.
fn short_name(path: &str) -> String {
    let mut name = String::with_capacity(path.len());
    for part in path.split_inclusive(['<', '>', ',', ' ', '(', ')', '&']) {
        name.push_str(part.rsplit("::").next().unwrap_or(part));
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_paths_and_keep_what_they_wrap() {
        assert_eq!(
            short_name("a::b::Retrying<alloc::sync::Arc<c::Memory>>"),
            "Retrying<Arc<Memory>>"
        );
        assert_eq!(short_name("Memory"), "Memory");
    }
}
