//! What became of one report of a batch.

use std::time::Duration;

/// What became of one report of a batch, as its [`Reporter`](super::Reporter) says.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum Delivery {
    /// It has arrived.
    Delivered,
    /// It may arrive later, so it is tried again: after the time that the receiver asked for, otherwise after a
    /// random time that grows with each attempt.
    Retry {
        /// The receiver's `Retry-After`. Nothing is delivered to this reporter before that.
        after: Option<Duration>,
    },
    /// It was not sent, because an earlier report of the batch failed or the receiver asked for a pause. It is tried
    /// again like [`Retry`](Self::Retry), and this does not count as an attempt.
    Unsent,
    /// It will never arrive: the receiver refused it.
    Rejected,
    /// The reporter's own settings exclude it.
    Filtered,
}

impl Delivery {
    /// A [`Retry`](Self::Retry) for which the receiver named no time.
    pub const RETRY: Self = Self::Retry { after: None };

    /// Whether the report is done with; otherwise it is tried again.
    pub(crate) const fn is_final(self) -> bool {
        match self {
            Self::Delivered | Self::Rejected | Self::Filtered => true,
            Self::Retry { .. } | Self::Unsent => false,
        }
    }
}
