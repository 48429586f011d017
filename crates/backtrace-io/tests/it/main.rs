//! Documents as backtrace.io's server reads them.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod documents;
mod requests;
mod valid;

use std::sync::Arc;

use backstop::Report;
use backstop::reporters::{Delivery, Reporter as _};
use backstop_backtrace_io::BacktraceIo;
use backstop_testkit::Receiver;
use backstop_testkit::responses::Settings;
use serde_json::Value;

use crate::valid::valid;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn reporter(settings: Settings<'_>) -> BacktraceIo {
    let reporter = BacktraceIo::new(settings.url, TOKEN).timeout(settings.timeout);
    match settings.root {
        Some(root) => reporter.root_certificate(root),
        None => reporter,
    }
}

/// The document of a report and its breadcrumbs, both checked.
async fn sent(report: Report) -> (Value, Value) {
    sent_by(|reporter| reporter, report).await
}

async fn sent_by(set: impl FnOnce(BacktraceIo) -> BacktraceIo, report: Report) -> (Value, Value) {
    let receiver = Receiver::accepting().await;
    let reporter = set(reporter(Settings::new(&receiver.url())));
    let deliveries = reporter.deliver(&[Arc::new(report)]).await;
    assert_eq!(deliveries, [Delivery::Delivered]);
    valid(&receiver.one())
}
