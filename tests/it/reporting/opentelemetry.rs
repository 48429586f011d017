//! The span in which something failed, where OpenTelemetry follows it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backstop::reporters::Memory;
use backstop::{Backstop, Error, RequestInfo, Scope};
use http::Request;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::support::process::passed_alone;
use crate::support::subscriber::set_default;

const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test]
async fn a_report_has_the_ids_of_the_span_it_failed_in_else_those_of_the_traceparent() {
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = set_default(tracing_subscriber::registry().with(layer));
    let memory = Memory::new();
    let builder = Backstop::production().log(false).reporter(memory.clone());
    let backstop = builder.build().unwrap();
    let request = Request::get("/")
        .header("traceparent", TRACEPARENT)
        .body(())
        .unwrap();
    let facts = RequestInfo::from_request(&request);

    let span = tracing::info_span!("request");
    let ids = span.context().span().span_context().clone();
    drop(span.in_scope(|| backstop.respond(&facts, Error::msg("in the span"))));
    drop(backstop.respond(&facts, Error::msg("outside")));
    backstop.flush(Duration::from_secs(5)).await;

    let reports = memory.reports();
    assert_eq!(reports[0].trace_id, Some(ids.trace_id().to_string()));
    assert_eq!(reports[0].span_id, Some(ids.span_id().to_string()));
    assert_eq!(
        reports[1].trace_id.as_deref(),
        Some("4bf92f3577b34da6a3ce929d0e0e4736")
    );
    assert_eq!(reports[1].span_id.as_deref(), Some("00f067aa0ba902b7"));
}

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic in here").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_log_record_has_the_ids_of_the_span_before_those_of_the_traceparent() {
    let provider = SdkTracerProvider::builder().build();
    let log = Log::default();
    let writer = log.clone();
    let fmt = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = set_default(tracing_subscriber::registry().with(layer).with(fmt));
    let backstop = Backstop::production().build().unwrap();
    let request = Request::get("/").header("traceparent", TRACEPARENT);
    let facts = RequestInfo::from_request(&request.body(()).unwrap());
    let span = tracing::info_span!("request");
    let ids = span.context().span().span_context().clone();
    drop(span.in_scope(|| backstop.respond(&facts, Error::msg("in the span"))));
    drop(backstop.respond(&facts, Error::msg("outside")));
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    let [inside, outside] = log.lines().collect::<Vec<_>>()[..] else {
        unreachable!("{log}")
    };
    for part in [
        format!("trace_id=\"{}\"", ids.trace_id()),
        format!("span_id=\"{}\"", ids.span_id()),
    ] {
        assert!(inside.contains(&part), "{part}\n{inside}");
    }
    for part in [
        "trace_id=\"4bf92f3577b34da6a3ce929d0e0e4736\"",
        "span_id=\"00f067aa0ba902b7\"",
    ] {
        assert!(outside.contains(part), "{part}\n{outside}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_panic_that_no_layer_catches_has_the_ids_of_the_span_it_started_in() {
    if passed_alone() {
        return;
    }
    let provider = SdkTracerProvider::builder().build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
    let memory = Memory::new();
    let builder = Backstop::production().log(false).reporter(memory.clone());
    let backstop = builder.build().unwrap();
    backstop.install_panic_hook().unwrap();
    let span = tracing::info_span!("job");
    let ids = span.context().span().span_context().clone();
    let job = async { panic!("out of cheese") };
    drop(tokio::spawn(job.instrument(span)).await);
    let entered = tracing::info_span!("around");
    let around = entered.context().span().span_context().clone();
    let scope = backstop.scope();
    let fails = || entered.in_scope(|| scope.run(|| panic!("out of bread")));
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(fails));
    assert!(caught.is_err() && !Scope::current().is_active());
    assert!(backstop.flush(Duration::from_secs(60)).await.is_empty());
    let reports = memory.reports();
    for (report, ids) in reports.iter().zip([ids, around]) {
        assert_eq!(report.trace_id, Some(ids.trace_id().to_string()));
        assert_eq!(report.span_id, Some(ids.span_id().to_string()));
    }
    assert_eq!(reports.len(), 2);
}
