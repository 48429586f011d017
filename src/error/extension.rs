//! What travels in the extensions of a response: the failure, and what layers further in have done with it.

use std::sync::Arc;

use http::StatusCode;
use uuid::Uuid;

use super::origin::Origin;
use super::repr::Repr;

/// A failure in the extensions of its response.
#[derive(Clone)]
pub(crate) struct FailureExtension {
    pub(crate) repr: Arc<Repr>,
    /// The status that the response was created with. If the response has another one, it was changed on purpose.
    pub(crate) status: StatusCode,
    /// The number of the Backstop that decided the status of the error when it became a response.
    pub(crate) decided_by: Option<u64>,
    /// Set by the first layer that renders the failure.
    pub(crate) rendered: Option<RenderedMark>,
}

/// Marks a failure that a layer has rendered, so that no other layer does.
#[derive(Clone)]
pub(crate) struct RenderedMark {
    pub(crate) id: Uuid,
    pub(crate) origin: Origin,
    pub(crate) reported_by: ReportedBy,
}

/// The Backstops whose layers have reported a failure, by their instance numbers. Nearly always it is one, which
/// needs no allocation.
#[derive(Clone)]
pub(crate) struct ReportedBy {
    first: u64,
    others: Vec<u64>,
}

impl ReportedBy {
    pub(crate) const fn new(backstop: u64) -> Self {
        Self {
            first: backstop,
            others: Vec::new(),
        }
    }

    pub(crate) fn contains(&self, backstop: u64) -> bool {
        self.first == backstop || self.others.contains(&backstop)
    }

    pub(crate) fn insert(&mut self, backstop: u64) {
        self.others.push(backstop);
    }
}
