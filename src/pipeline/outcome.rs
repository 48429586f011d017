//! What becomes of reports, counted and told.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::reporting;
use crate::panics::catch::catch_panic;
use crate::report::outcome::Outcome;

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
            catch_panic(|| listener(event));
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

    /// Both together.
    pub(super) fn plus(&self, other: &Self) -> Self {
        Self(std::array::from_fn(|index| self.0[index] + other.0[index]))
    }

    /// What was dropped since then, by reason.
    pub(super) fn dropped_since(&self, earlier: &Self) -> Vec<(Outcome, u64)> {
        let dropped = Outcome::DROPS
            .iter()
            .map(|reason| (*reason, self.get(*reason) - earlier.get(*reason)));
        dropped.filter(|(_, count)| *count > 0).collect()
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
