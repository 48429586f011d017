//! Log records, as the SDK gets them and as a collector gets them over OTLP.
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by a panic")]

mod app;
mod collector;
mod provider;
mod records;

use std::sync::Arc;
use std::time::Duration;

use backstop::Report;
use backstop::reporters::{Delivery, Reporter as _};
use backstop_opentelemetry::OpenTelemetry;
use opentelemetry::logs::AnyValue;
use opentelemetry_sdk::logs::{InMemoryLogExporter, SdkLogRecord, SdkLoggerProvider};
use serde_json::{Map, Value, json};

const LONG: Duration = Duration::from_secs(60);
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// A provider of the SDK that keeps what it gets.
fn in_memory() -> (OpenTelemetry, InMemoryLogExporter) {
    let exporter = InMemoryLogExporter::default();
    let provider = SdkLoggerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    (OpenTelemetry::new(provider), exporter)
}

/// The one record that is made of a report.
async fn record(report: Report) -> SdkLogRecord {
    let (reporter, exporter) = in_memory();
    let deliveries = reporter.deliver(&[Arc::new(report)]).await;
    assert_eq!(deliveries, [Delivery::Delivered]);
    let mut logs = exporter.get_emitted_logs().unwrap();
    assert_eq!(logs.len(), 1);
    let log = logs.remove(0);
    assert_eq!(log.instrumentation.name(), "backstop");
    assert_eq!(
        log.instrumentation.version(),
        Some(env!("CARGO_PKG_VERSION"))
    );
    log.record
}

fn attributes(record: &SdkLogRecord) -> Map<String, Value> {
    let mut all = Map::new();
    for (key, value) in record.attributes_iter() {
        let earlier = all.insert(key.to_string(), plain(value));
        assert_eq!(earlier, None, "{key} twice");
    }
    all
}

fn plain(value: &AnyValue) -> Value {
    match value {
        AnyValue::Int(value) => json!(value),
        AnyValue::Double(value) => json!(value),
        AnyValue::String(value) => json!(value.as_str()),
        AnyValue::Boolean(value) => json!(value),
        AnyValue::ListAny(items) => items.iter().map(plain).collect(),
        AnyValue::Map(members) => {
            let members = members.iter();
            members
                .map(|(key, value)| (key.to_string(), plain(value)))
                .collect()
        }
        other => panic!("{other:?}"),
    }
}
