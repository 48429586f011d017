//! What a backlog does with the deliveries that a reporter returns.

use tokio::time::Instant;

use super::entry::Key;
use super::lifecycle::{Backlog, Ended};
use crate::report::outcome::Outcome;
use crate::reporters::Delivery;

impl Backlog {
    /// Sorts a batch by what became of each report. `is_broken` if the whole batch failed: then each is tried alone.
    pub(crate) fn delivered(
        &mut self,
        deliveries: Vec<(Key, Delivery)>,
        is_broken: bool,
        now: Instant,
    ) -> Ended {
        if deliveries.iter().any(|(_, delivery)| delivery.is_final()) {
            self.circuit.succeeded();
        } else {
            self.circuit.failed(now);
        }
        let mut ended = Ended::default();
        for (key, delivery) in deliveries {
            let outcome = match delivery {
                Delivery::Delivered => Some(Outcome::Delivered),
                Delivery::Rejected => Some(Outcome::Rejected),
                Delivery::Filtered => Some(Outcome::Filtered),
                Delivery::Retry { .. } | Delivery::Unsent => {
                    self.retry(key, delivery, is_broken, now)
                }
            };
            if let Some(outcome) = outcome {
                self.finish(key, outcome, &mut ended);
            }
        }
        ended
    }

    /// Has a report tried again, unless that has been done often or long enough.
    fn retry(
        &mut self,
        key: Key,
        delivery: Delivery,
        is_broken: bool,
        now: Instant,
    ) -> Option<Outcome> {
        let attempts = self.entries.get(key)?.attempts;
        let wait = match delivery {
            Delivery::Retry { after: Some(after) } => self.circuit.hold(after, now),
            _ => self.policy.backoff(attempts, self.jitter.f64()),
        };
        let attempts = attempts + u32::from(delivery != Delivery::Unsent);
        let age = self.entries.age(key, now);
        if attempts >= self.policy.max_attempts || age + wait > self.policy.max_age {
            return Some(Outcome::GaveUp);
        }
        self.entries.update(key, |entry| {
            entry.attempts = attempts;
            entry.is_alone |= is_broken;
        });
        self.entries.postpone(key, now + wait);
        None
    }

    /// Takes back what a thread that died was working on.
    pub(crate) fn recover(&mut self) {
        for key in self.entries.keys(|entry| !entry.is_idle()) {
            self.entries.make_ready(key);
        }
    }
}
