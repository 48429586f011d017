//! The outcome of a report.

use std::fmt;

/// The outcome of one report. A report that is dropped before the queue has the same outcome for all reporters; after
/// the queue, each reporter has its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The reporter has delivered it.
    Delivered,
    /// It is on disk and will be delivered from there, by a later process if not by this one.
    Spooled,
    /// It was excluded by the filter, an ignored type, a callback or the reporter's own settings. Failures that are not
    /// reported by default, such as most with a status below 500, are not counted.
    Filtered,
    /// It was marked as expected, by [`Error::expected`](crate::Error::expected), by its type or by
    /// [`layers::Expected`](crate::layers::Expected).
    Expected,
    /// The sample rate excluded it.
    SampledOut,
    /// The rate limit excluded it.
    RateLimited,
    /// It was caused by reporting itself: on a thread of the pipeline, or in one of its callbacks.
    Recursive,
    /// The queue or the reporter's backlog was full.
    QueueFull,
    /// The reporter's service refused it.
    Rejected,
    /// It was retried as often or for as long as the retry policy allows.
    GaveUp,
    /// The spool dropped it to make room for newer ones.
    Evicted,
    /// It was still waiting when the pipeline was shut down, or was captured after that.
    ShutDown,
    /// It is still on its way: [`Draft`](crate::report::Draft) returns this when its wait times out. Never counted.
    Pending,
}

impl Outcome {
    pub(crate) const COUNT: usize = 12;

    /// Every reason for dropping a report.
    pub const DROPS: [Self; 10] = [
        Self::Filtered,
        Self::Expected,
        Self::SampledOut,
        Self::RateLimited,
        Self::Recursive,
        Self::QueueFull,
        Self::Rejected,
        Self::GaveUp,
        Self::Evicted,
        Self::ShutDown,
    ];

    /// The name in statistics and logs, such as `queue_full`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Spooled => "spooled",
            Self::Filtered => "filtered",
            Self::Expected => "expected",
            Self::SampledOut => "sampled_out",
            Self::RateLimited => "rate_limited",
            Self::Recursive => "recursive",
            Self::QueueFull => "queue_full",
            Self::Rejected => "rejected",
            Self::GaveUp => "gave_up",
            Self::Evicted => "evicted",
            Self::ShutDown => "shut_down",
            Self::Pending => "pending",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
