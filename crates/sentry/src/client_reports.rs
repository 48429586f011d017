//! Counts of dropped reports that Sentry has not received yet.

use std::sync::{Mutex, MutexGuard, PoisonError};

use backstop::stats::Outcome;
use sentry_types::protocol::v7::client_report::{Category, Item, Reason, Report};

/// How many errors were dropped for a reason.
type Count = (Reason, u64);

/// The counts of one DSN.
#[derive(Debug, Default)]
pub(crate) struct ClientReports(Mutex<Counts>);

#[derive(Debug, Default)]
struct Counts {
    waiting: Vec<Count>,
    /// The counts in the last request, until it is known whether they arrived.
    sent: Vec<Count>,
}

impl ClientReports {
    /// Counts what was dropped. `was_limited` says whether a rate limit was the last thing that went wrong.
    pub(crate) fn add(&self, outcome: Outcome, count: u64, was_limited: bool) {
        let reason = reason(outcome, was_limited);
        if let Some(reason) = reason.filter(|_| count > 0) {
            add(&mut self.lock().waiting, (reason, count));
        }
    }

    /// The client report for the next request, if anything was dropped.
    pub(crate) fn to_send(&self) -> Option<Report> {
        let mut counts = self.lock();
        for count in std::mem::take(&mut counts.waiting) {
            add(&mut counts.sent, count);
        }
        let item = |(reason, count): &Count| Item::new(Category::Error, *reason, *count);
        (!counts.sent.is_empty()).then(|| Report::new(counts.sent.iter().map(item)))
    }

    /// Records that the last client report has arrived. Until then, its counts are sent again with every request.
    pub(crate) fn arrived(&self) {
        self.lock().sent.clear();
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reason(outcome: Outcome, was_limited: bool) -> Option<Reason> {
    Some(match outcome {
        Outcome::Filtered | Outcome::Expected => Reason::BeforeSend,
        Outcome::SampledOut => Reason::SampleRate,
        Outcome::RateLimited => Reason::RatelimitBackoff,
        Outcome::Recursive => Reason::InternalSdkError,
        Outcome::QueueFull | Outcome::ShutDown => Reason::QueueOverflow,
        Outcome::Rejected => Reason::SendError,
        Outcome::GaveUp if was_limited => Reason::RatelimitBackoff,
        Outcome::GaveUp => Reason::NetworkError,
        Outcome::Evicted => Reason::BufferOverflow,
        // Not dropped: it has arrived, or still may.
        _ => return None,
    })
}

fn add(counts: &mut Vec<Count>, (reason, count): Count) {
    let known = counts.iter_mut().find(|(known, _)| *known == reason);
    match known {
        Some((_, known)) => *known = known.saturating_add(count),
        None => counts.push((reason, count)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn discarded(report: Option<Report>) -> Value {
        let report = serde_json::to_value(report.unwrap()).unwrap();
        report["discarded_events"].clone()
    }

    fn item(reason: &str, quantity: u64) -> Value {
        json!({"reason": reason, "category": "error", "quantity": quantity})
    }

    #[test]
    fn counts_that_do_not_arrive_are_sent_again_together_with_new_ones() {
        let reports = ClientReports::default();
        reports.add(Outcome::QueueFull, 2, false);
        reports.add(Outcome::SampledOut, 5, false);
        assert!(reports.to_send().is_some());
        reports.add(Outcome::QueueFull, 1, false);
        let all = json!([item("queue_overflow", 3), item("sample_rate", 5)]);
        assert_eq!(discarded(reports.to_send()), all);
        // What is dropped while a request is in flight is not part of it.
        reports.add(Outcome::Rejected, 1, false);
        reports.arrived();
        let new = json!([item("send_error", 1)]);
        assert_eq!(discarded(reports.to_send()), new);
        reports.arrived();
        assert!(reports.to_send().is_none());
    }

    #[test]
    fn reports_that_were_given_up_count_as_network_errors_unless_there_was_a_limit() {
        let reports = ClientReports::default();
        for (was_limited, reason) in [(false, "network_error"), (true, "ratelimit_backoff")] {
            reports.add(Outcome::GaveUp, 1, was_limited);
            assert_eq!(discarded(reports.to_send()), json!([item(reason, 1)]));
            reports.arrived();
        }
    }
}
