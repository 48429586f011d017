//! What becomes of reports, counted and told.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::reporting;
use crate::error::caught;

/// What became of one report: at the gates for all reporters alike, later at each of them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// It has arrived.
    Delivered,
    /// It is on disk and will be delivered from there, by a later process at the latest.
    Spooled,
    /// The filter, a callback, or the reporter's own settings do not want it; without a filter that is what stands below 500.
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
    /// It is still on its way: what [`Draft`](crate::Draft) answers if it can't wait any longer. Never counted.
    Pending,
}

impl Outcome {
    pub(super) const COUNT: usize = 11;

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

/// One outcome, as [`Builder::on_outcome`](crate::Builder::on_outcome) sees it.
#[derive(Clone, Debug)]
pub struct OutcomeEvent<'a> {
    pub(super) outcome: Outcome,
    pub(super) report_id: Uuid,
    pub(super) reporter: Option<&'a str>,
}

impl<'a> OutcomeEvent<'a> {
    /// What became of it.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// The id of the report, which stands in the answer and the log too.
    #[must_use]
    pub const fn report_id(&self) -> Uuid {
        self.report_id
    }

    /// The reporter, or `None` where the report never reached any: the outcome is then that of all.
    #[must_use]
    pub const fn reporter(&self) -> Option<&'a str> {
        self.reporter
    }
}

/// The registered callbacks.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Vec<Arc<Listener>>);

type Listener = dyn Fn(&OutcomeEvent<'_>) + Send + Sync;

impl Listeners {
    pub(crate) fn push(&mut self, listener: impl Fn(&OutcomeEvent<'_>) + Send + Sync + 'static) {
        self.0.push(Arc::new(listener));
    }

    /// Tells all of them; one that panics changes nothing, and what they notify is not reported.
    pub(super) fn tell(&self, event: &OutcomeEvent<'_>) {
        for listener in &self.0 {
            let _reporting = reporting::enter();
            caught(|| listener(event));
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.0.len())
    }
}

/// Counters of a lane, guarded by its lock.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally([u64; Outcome::COUNT]);

impl Tally {
    pub(super) fn add(&mut self, outcome: Outcome) {
        if let Some(count) = self.0.get_mut(outcome as usize) {
            *count += 1;
        }
    }

    pub(super) fn get(&self, outcome: Outcome) -> u64 {
        self.0.get(outcome as usize).copied().unwrap_or_default()
    }
}

/// Counters of the gates, where many threads count at once.
#[derive(Debug, Default)]
pub(super) struct SharedTally([AtomicU64; Outcome::COUNT]);

impl SharedTally {
    pub(super) fn add(&self, outcome: Outcome) {
        if let Some(count) = self.0.get(outcome as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn snapshot(&self) -> Tally {
        Tally(std::array::from_fn(|index| {
            self.0[index].load(Ordering::Relaxed)
        }))
    }
}
