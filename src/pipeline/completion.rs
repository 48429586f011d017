//! The end of one report at one reporter.

use std::sync::Arc;

use uuid::Uuid;

use super::delivery_waiter::DeliveryWaiter;
use crate::report::outcome::Outcome;

/// One report has this outcome now; it is counted already and still to be announced.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) id: Uuid,
    pub(super) outcome: Outcome,
    pub(super) waiter: Option<Arc<DeliveryWaiter>>,
}
