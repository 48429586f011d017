//! What became of a report.

use std::fmt;

/// What became of one report. Before the queue it is the same for all reporters, after it each reporter has
/// its own.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// The reporter has delivered it.
    Delivered,
    /// It is on disk and will be delivered from there, by a later process if not by this one.
    Spooled,
    /// It was excluded by the filter, an ignored type, a callback or the reporter's own settings. Failures that
    /// are not reported in the first place, as most below 500, are not counted.
    Filtered,
    /// The sample rate excluded it.
    SampledOut,
    /// The rate limit excluded it.
    RateLimited,
    /// It was made by reporting itself: on a thread of the pipeline, or in one of its callbacks.
    Recursive,
    /// The queue or the reporter's backlog was full.
    QueueFull,
    /// The reporter's service refused it.
    Rejected,
    /// It was tried as often or as long as the retry policy allows.
    GaveUp,
    /// The spool dropped it for newer ones.
    Evicted,
    /// It was still waiting when the pipeline was shut down, or came after that.
    ShutDown,
    /// It is still on its way: what [`Draft`](crate::report::Draft) returns if it cannot wait any longer.
    /// Never counted.
    Pending,
}

impl Outcome {
    pub(crate) const COUNT: usize = 11;

    /// Every reason for which a report is dropped.
    pub const DROPS: [Self; 9] = [
        Self::Filtered,
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
