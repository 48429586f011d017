//! How a backlog handles the deliveries that a reporter returns.

use tokio::time::Instant;

use super::entry::Key;
use super::lifecycle::{Backlog, Ended};
use crate::report::outcome::Outcome;
use crate::reporters::Delivery;

impl Backlog {
    /// Finishes or retries each report of a batch. If the batch `is_broken`, because the reporter panicked or timed
    /// out, each of its reports is retried alone.
    pub(crate) fn delivered(
        &mut self,
        deliveries: Vec<(Key, Delivery)>,
        is_broken: bool,
        now: Instant,
    ) -> Ended {
        let says = |says: fn(Delivery) -> bool| deliveries.iter().any(|(_, it)| says(*it));
        if says(Delivery::reached_receiver) {
            self.circuit.succeeded();
        } else if says(|delivery| !delivery.is_final()) {
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
        self.retry_before_deadline(now);
        ended
    }

    /// Schedules a retry, or gives the report up if the retry policy allows no more.
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

    /// Takes back the reports that a dead thread was working on.
    pub(crate) fn recover(&mut self) {
        for key in self.entries.keys(|entry| !entry.is_idle()) {
            self.entries.make_ready(key);
        }
    }
}
