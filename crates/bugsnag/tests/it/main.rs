//! Payloads as Bugsnag's own acceptance server checks them.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod events;
mod requests;
mod settings;
mod valid;

use std::sync::Arc;

use backstop::Report;
use backstop::reporters::{Delivery, Reporter as _};
use backstop_bugsnag::Bugsnag;
use backstop_testkit::Receiver;
use backstop_testkit::responses::Settings;
use serde_json::Value;

use crate::valid::valid_events;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn reporter(settings: Settings<'_>) -> Bugsnag {
    let reporter = Bugsnag::new(KEY)
        .endpoint(settings.url)
        .timeout(settings.timeout);
    match settings.root {
        Some(root) => reporter.root_certificate(root),
        None => reporter,
    }
}

/// Sends reports and returns the events of all requests, each of which was checked.
async fn events(reports: Vec<Report>) -> Vec<Value> {
    let receiver = Receiver::accepting().await;
    let batch: Vec<Arc<Report>> = reports.into_iter().map(Arc::new).collect();
    let deliveries = reporter(Settings::new(&receiver.url()))
        .deliver(&batch)
        .await;
    assert_eq!(deliveries, vec![Delivery::Delivered; batch.len()]);
    let received = receiver.received();
    received.iter().flat_map(valid_events).collect()
}

async fn event(report: Report) -> Value {
    let mut events = events(vec![report]).await;
    assert_eq!(events.len(), 1);
    events.remove(0)
}
