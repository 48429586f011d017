//! Envelopes as Sentry's Relay wants them.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

#[cfg(unix)]
mod bugsink;
mod events;
mod limits;
mod properties;
mod settings;
mod valid;

use std::sync::Arc;

use backstop::Report;
use backstop::reporters::{Delivery, Reporter as _};
use backstop_sentry::Sentry;
use backstop_testkit::Receiver;
use backstop_testkit::responses::Settings;
use serde_json::Value;

use crate::valid::valid;

const KEY: &str = "a94ae32be2584e0bbd7a4cbb95971fee";
const MAX_BYTES: usize = 1_000_000;

fn dsn(url: &str) -> String {
    url.replacen("://", &format!("://{KEY}@"), 1) + "/7"
}

fn reporter(settings: Settings<'_>) -> Sentry {
    let reporter = Sentry::new(dsn(settings.url)).timeout(settings.timeout);
    match settings.root {
        Some(root) => reporter.root_certificate(root),
        None => reporter,
    }
}

/// The event of a report, which was checked.
async fn event(report: Report) -> Value {
    let receiver = Receiver::accepting().await;
    let deliveries = reporter(Settings::new(&receiver.url()))
        .deliver(&[Arc::new(report)])
        .await;
    assert_eq!(deliveries, [Delivery::Delivered]);
    valid(&receiver.one()).event
}
