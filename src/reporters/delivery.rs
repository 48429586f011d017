//! The result of delivering one report of a batch.

use std::time::Duration;

/// The result of delivering one report of a batch, as returned by a [`Reporter`](super::Reporter).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Delivery {
    /// It was delivered.
    Delivered,
    /// It could not be delivered now, and is retried within the limits of the backlog: after the time that the receiver
    /// asked for, or else after a random time whose bound doubles with each attempt.
    Retry {
        /// The receiver's `Retry-After`, honored up to 24 hours. Nothing is delivered to this reporter before that. A
        /// report in memory that would then be older than 15 minutes is given up at once, and others as soon as they
        /// are; with a `Spool` they wait.
        after: Option<Duration>,
    },
    /// It was not sent, because an earlier report of the batch failed or the receiver asked for a pause. It is retried
    /// like after [`Retry`](Self::Retry), but this does not count as an attempt.
    Unsent,
    /// The receiver refused it for good.
    Rejected,
    /// The reporter's own settings exclude it.
    Filtered,
}

impl Delivery {
    /// A [`Retry`](Self::Retry) without a time from the receiver.
    pub const RETRY: Self = Self::Retry { after: None };

    /// Whether the receiver took the report or refused it, so that it can be reached. A report that was
    /// [`Filtered`](Self::Filtered) was not sent.
    pub(crate) const fn reached_receiver(self) -> bool {
        matches!(self, Self::Delivered | Self::Rejected)
    }

    /// Whether the report is done; otherwise it is retried.
    pub(crate) const fn is_final(self) -> bool {
        match self {
            Self::Delivered | Self::Rejected | Self::Filtered => true,
            Self::Retry { .. } | Self::Unsent => false,
        }
    }
}
