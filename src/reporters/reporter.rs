//! The trait of all reporters.

use std::borrow::Cow;
use std::sync::Arc;

use super::delivery::Delivery;
use crate::error::BoxError;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// Delivers reports to where people see them: a log, a file, an error tracker.
///
/// Each reporter has a thread and a backlog of its own: while one waits, fails, blocks or panics, the others continue.
/// Reports arrive complete and redacted, in batches of at most 32, one batch at a time. A report that could not be
/// delivered is retried after random waits, of at most a second at first and twice as long each time: 8 attempts within
/// about two minutes. After 5 batches in a row have failed, single reports are tried, after 15 seconds and then less and
/// less often, so that it may take longer, but never more than 15 minutes. With a `Spool`, a report is retried until it is
/// delivered or reaches the spool's maximum age.
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
    /// Delivers a batch, and returns one [`Delivery`] for each report, in the order of the batch.
    ///
    /// A report without a [`Delivery`] is retried. If this panics or takes longer than a minute, the whole batch is
    /// retried, each report in a batch of its own, so that one bad report does not affect the others.
    ///
    /// The future runs on a current-thread tokio runtime that belongs to this reporter, so it may block.
    fn deliver(&self, batch: &[Arc<Report>]) -> impl Future<Output = Vec<Delivery>> + Send;

    /// The name of this reporter in statistics and outcomes. Default: the name of its type, without the path.
    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(short_name(std::any::type_name::<Self>()))
    }

    /// Where the reports go, such as the endpoint and the project there. Default: empty, which suits a reporter with
    /// only one destination.
    ///
    /// A `Spool` delivers the reports that an earlier process left behind only if name and destination are the same,
    /// so that a changed setting or a shared directory never sends one project's reports to another. Only a hash of
    /// this text is stored, so it may contain a secret.
    fn destination(&self) -> Cow<'static, str> {
        Cow::Borrowed("")
    }

    /// Whether this reporter can show the frames of a backtrace. Default: `false`.
    ///
    /// If any reporter returns `true`, every error captures a backtrace when it is created, as with
    /// [`capture_backtraces`](crate::settings::Reporting::capture_backtraces). Without the feature `frames`, no
    /// backtraces are captured.
    fn wants_frames(&self) -> bool {
        false
    }

    /// Checks the reporter's settings, once, when the [`Backstop`](crate::Backstop) is built.
    ///
    /// # Errors
    ///
    /// An error that names the invalid setting and how to fix it.
    fn check(&self) -> Result<(), BoxError> {
        Ok(())
    }

    /// Called before a batch, once for each reason, with the number of reports that were dropped since the last call:
    /// before they reached this reporter, or because it could not deliver them.
    ///
    /// This is for services that show how many reports they did not receive. Drops after the last batch are not passed
    /// on.
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
