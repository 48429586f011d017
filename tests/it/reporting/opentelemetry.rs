//! The span in which something failed, where OpenTelemetry follows it.

use std::time::Duration;

use backstop::reporters::Memory;
use backstop::{Backstop, Error, RequestInfo};
use http::Request;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

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
