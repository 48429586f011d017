//! What becomes of a report.

use std::fmt;

/// What became of one report: at the gates for all reporters alike, later at each of them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It has arrived.
    Delivered,
    /// It is on disk and will be delivered from there, by a later process at the latest.
    Spooled,
    /// The filter, an ignored type, a callback, or the reporter's own settings do not want it. What is never reported
    /// anyway, as most that stands below 500, is not counted.
    Filtered,
    /// The sample rate has passed over it.
    SampledOut,
    /// There were too many like it, or too many at all.
    RateLimited,
    /// It was made by reporting: on a thread of the pipeline, or in one of its callbacks.
    Recursive,
    /// The queue, or the reporter's backlog, was full.
    QueueFull,
    /// The reporter refuses it.
    Rejected,
    /// It was tried often or long enough.
    GaveUp,
    /// The spool needed its room for newer ones.
    Evicted,
    /// It was still waiting when the pipeline was shut down, or came after that.
    ShutDown,
    /// It is still on its way: what [`Draft`](crate::report::Draft) answers if it can't wait any longer. Never counted.
    Pending,
}

impl Outcome {
    pub(crate) const COUNT: usize = 11;

    /// The name that statistics and logs use, like `queue_full`.
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
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
