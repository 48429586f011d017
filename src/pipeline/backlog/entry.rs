//! One report of a backlog.

use std::sync::Arc;

use tokio::time::Instant;
use uuid::Uuid;

use super::stored::Stored;
use crate::pipeline::completion::Completion;
use crate::pipeline::delivery_waiter::DeliveryWaiter;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// Identifies a report within its backlog; older reports come first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Key {
    /// When it was captured: nanoseconds since the backlog was made, below 0 for reports of earlier processes.
    pub(super) at: i64,
    pub(super) sequence: u64,
}

/// A report that the worker offers to a backlog.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) report: Arc<Report>,
    /// The number of its event in the queue.
    pub(crate) number: u64,
    /// About how many bytes it takes.
    pub(crate) weight: usize,
    pub(crate) is_panic: bool,
    pub(crate) waiter: Option<Arc<DeliveryWaiter>>,
}

/// A report about to be delivered.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) key: Key,
    /// Where it is on disk, if it is.
    pub(crate) stored: Option<Stored>,
    pub(crate) report: Arc<Report>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) id: Uuid,
    /// The number of its event in the queue; 0 for a report of an earlier process.
    pub(super) number: u64,
    pub(super) attempts: u32,
    /// It was in a batch that panicked or timed out, so it is delivered in a batch of its own.
    pub(super) is_alone: bool,
    pub(super) waiter: Option<Arc<DeliveryWaiter>>,
    pub(super) body: Body,
    pub(super) stage: Stage,
}

/// Where the report itself is.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Memory { report: Arc<Report>, weight: usize },
    Disk(Stored),
}

/// The current stage of a report.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Stage {
    /// It waits to be written to disk.
    Unstored,
    /// It is being written to disk.
    Storing,
    Ready,
    /// It failed, and is retried at this time.
    Waiting(Instant),
    InFlight,
    /// It is left on disk for another process.
    Left,
}

impl Entry {
    pub(super) const fn is_stored(&self) -> bool {
        matches!(self.body, Body::Disk(_))
    }

    /// Whether it is neither being written nor being delivered.
    pub(super) const fn is_idle(&self) -> bool {
        !matches!(self.stage, Stage::Storing | Stage::InFlight)
    }

    pub(super) fn completion(self, outcome: Outcome) -> Completion {
        Completion {
            id: self.id,
            outcome,
            waiter: self.waiter,
        }
    }
}
