//! A report in a lane, from its arrival to its end.

use std::sync::Arc;

use tokio::time::Instant;
use uuid::Uuid;

use super::ticket::DeliveryWaiter;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// A report on its way to one reporter.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) report: Arc<Report>,
    pub(super) number: u64,
    pub(super) weight: usize,
    pub(super) ticket: Option<Arc<DeliveryWaiter>>,
    pub(super) since: Instant,
    pub(super) attempts: u32,
    /// It was in a batch that panicked; so that it can't spoil another one.
    pub(super) alone: bool,
}

/// The end of one report at one reporter.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) id: Uuid,
    pub(super) outcome: Outcome,
    pub(super) ticket: Option<Arc<DeliveryWaiter>>,
}

impl Entry {
    pub(super) const fn new(
        report: Arc<Report>,
        number: u64,
        weight: usize,
        ticket: Option<Arc<DeliveryWaiter>>,
        since: Instant,
    ) -> Self {
        Self {
            report,
            number,
            weight,
            ticket,
            since,
            attempts: 0,
            alone: false,
        }
    }

    pub(super) fn settled(self, outcome: Outcome) -> Settled {
        Settled {
            id: self.report.id,
            outcome,
            ticket: self.ticket,
        }
    }
}
