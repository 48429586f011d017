//! The end of one report at one reporter.

use std::sync::Arc;

use uuid::Uuid;

use super::delivery_waiter::DeliveryWaiter;
use crate::report::outcome::Outcome;

/// The outcome of one report: already counted, but not announced yet.
#[derive(Debug)]
pub(super) struct Completion {
    pub(super) id: Uuid,
    pub(super) outcome: Outcome,
    pub(super) waiter: Option<Arc<DeliveryWaiter>>,
}
