//! The application's callbacks for outcomes.

use std::sync::Arc;

use uuid::Uuid;

use super::recursion;
use crate::panics::callback::Callback;
use crate::report::outcome::Outcome;

/// The outcome of one report, as `on_outcome` callbacks receive it.
#[derive(Clone, Debug)]
pub struct OutcomeEvent<'a> {
    pub(super) outcome: Outcome,
    pub(super) report_id: Uuid,
    pub(super) reporter: Option<&'a str>,
}

impl<'a> OutcomeEvent<'a> {
    /// Returns the outcome of the report.
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Returns the id of the report, which the error response and the log contain too.
    #[must_use]
    pub const fn report_id(&self) -> Uuid {
        self.report_id
    }

    /// Returns the name of the reporter, or `None` if the report was dropped before it reached any. The outcome then
    /// applies to all reporters.
    #[must_use]
    pub const fn reporter(&self) -> Option<&'a str> {
        self.reporter
    }
}

/// The registered callbacks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listeners(Vec<Callback<Listener>>);

type Listener = dyn Fn(&OutcomeEvent<'_>) + Send + Sync;

impl Listeners {
    pub(crate) fn push(&mut self, listener: impl Fn(&OutcomeEvent<'_>) + Send + Sync + 'static) {
        self.0.push(Callback::new(Arc::new(listener)));
    }

    /// Appends the callbacks of `other`.
    pub(crate) fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Calls every callback. A panic in one has no effect, and errors that a callback reports are dropped as recursive.
    pub(super) fn notify(&self, event: &OutcomeEvent<'_>) {
        for listener in &self.0 {
            let _working = recursion::enter();
            listener.call(|listener| listener(event));
        }
    }
}
