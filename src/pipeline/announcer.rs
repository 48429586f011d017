//! Announces the outcomes of reports: to the waiter of a report, to the application's callbacks, and to a flush.

use std::sync::Arc;

use uuid::Uuid;

use super::completion::Completion;
use super::counters::SharedCounters;
use super::delivery_waiter::DeliveryWaiter;
use super::listeners::{Listeners, OutcomeEvent};
use super::wait::Progress;
use crate::report::outcome::Outcome;

#[derive(Debug)]
pub(super) struct Announcer {
    listeners: Listeners,
    /// What was refused before it reached any reporter.
    pub(super) refused: SharedCounters,
    pub(super) progress: Progress,
}

impl Announcer {
    pub(super) fn new(listeners: Listeners) -> Self {
        Self {
            listeners,
            refused: SharedCounters::default(),
            progress: Progress::default(),
        }
    }

    /// Counts and announces a failure that reached no reporter.
    pub(super) fn refuse(&self, id: Uuid, outcome: Outcome, waiter: Option<&Arc<DeliveryWaiter>>) {
        self.refused.add(outcome);
        if let Some(waiter) = waiter {
            waiter.complete(outcome);
        }
        self.listeners.notify(&OutcomeEvent {
            outcome,
            report_id: id,
            reporter: None,
        });
    }

    /// Announces outcomes at one reporter, which its backlog has already counted. Called after every change, even one
    /// without outcomes, because a flush waits for changes.
    pub(super) fn announce(&self, reporter: &str, completions: Vec<Completion>) {
        for Completion {
            id,
            outcome,
            waiter,
        } in completions
        {
            if let Some(waiter) = waiter {
                waiter.complete(outcome);
            }
            self.listeners.notify(&OutcomeEvent {
                outcome,
                report_id: id,
                reporter: Some(reporter),
            });
        }
        self.progress.made();
    }
}
