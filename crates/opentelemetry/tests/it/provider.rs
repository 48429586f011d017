//! Providers that refuse, panic or block.

use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use backstop::reporters::{Delivery, Reporter as _};
use backstop_opentelemetry::OpenTelemetry;
use backstop_testkit::sample;
use opentelemetry::InstrumentationScope;
use opentelemetry::logs::Severity;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{LogBatch, LogProcessor, SdkLogRecord, SdkLoggerProvider};
use serde_json::json;

use crate::app::App;
use crate::{LONG, plain};

/// A provider with this processor.
fn provider(processor: impl LogProcessor + 'static) -> SdkLoggerProvider {
    let builder = SdkLoggerProvider::builder();
    builder.with_log_processor(processor).build()
}

#[derive(Debug)]
struct Choosy;

impl LogProcessor for Choosy {
    fn emit(&self, record: &mut SdkLogRecord, _: &InstrumentationScope) {
        let is_poison = record
            .body()
            .is_some_and(|body| plain(body) == json!("poison"));
        assert!(!is_poison, "this processor panics");
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        assert_eq!((target, name.is_some()), ("backstop", true));
        level >= Severity::Error
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[tokio::test]
async fn what_the_provider_does_not_want_is_filtered_and_a_panic_in_it_concerns_one_report() {
    let quiet = backstop::testing::quiet_panics();
    let reporter = OpenTelemetry::new(provider(Choosy));
    let batch = [
        sample::report(),
        sample::with(|report| report["severity"] = "info".into()),
        sample::with(|report| report["errors"] = json!([{"message": "poison"}])),
        sample::report(),
    ];
    let deliveries = reporter.deliver(&batch.map(Arc::new)).await;
    drop(quiet);
    let want = [
        Delivery::Delivered,
        Delivery::Filtered,
        Delivery::RETRY,
        Delivery::Delivered,
    ];
    assert_eq!(deliveries, want);
    let noop = OpenTelemetry::new(opentelemetry::logs::NoopLoggerProvider::new());
    let deliveries = noop.deliver(&[Arc::new(sample::report())]).await;
    assert_eq!(
        deliveries,
        [Delivery::Filtered],
        "and it is counted as that"
    );
    assert_eq!(format!("{reporter:?}"), "OpenTelemetry { .. }");
}

/// Exports when the gate opens.
#[derive(Clone, Debug, Default)]
struct Gate(Arc<(Mutex<(bool, usize)>, Condvar)>);

impl opentelemetry_sdk::logs::LogExporter for Gate {
    async fn export(&self, _: LogBatch<'_>) -> OTelSdkResult {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.1 += 1;
        changed.notify_all();
        let (state, waited) = changed
            .wait_timeout_while(state, LONG, |(is_open, _)| !*is_open)
            .unwrap();
        assert!(state.0 && !waited.timed_out());
        Ok(())
    }
}

#[tokio::test]
async fn a_provider_that_blocks_delays_its_own_reporter_and_no_request() {
    let gate = Gate::default();
    let provider = SdkLoggerProvider::builder()
        .with_simple_exporter(gate.clone())
        .build();
    let app = App::new(provider);
    for _ in 0..5 {
        // Responded to while the exporter holds the first record.
        app.request().await;
    }
    let (state, changed) = &*gate.0;
    {
        let state = state.lock().unwrap();
        let (mut state, _) = changed
            .wait_timeout_while(state, LONG, |(_, calls)| *calls == 0)
            .unwrap();
        assert_eq!(state.1, 1);
        state.0 = true;
        changed.notify_all();
    }
    assert!(app.backstop.flush(LONG).await.is_empty());
    assert_eq!(state.lock().unwrap().1, 5);
}
