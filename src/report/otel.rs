//! The OpenTelemetry span in which something failed.

use opentelemetry::trace::{SpanId, TraceContextExt as _, TraceId};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

/// The ids of the current span, if `tracing-opentelemetry` follows it. They are texts only in the report.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpanIds {
    pub(super) trace: TraceId,
    pub(super) span: SpanId,
}

impl SpanIds {
    pub(super) fn current() -> Option<Self> {
        let context = tracing::Span::current().context();
        let span = context.span();
        let ids = span.span_context();
        ids.is_valid().then(|| Self {
            trace: ids.trace_id(),
            span: ids.span_id(),
        })
    }
}
