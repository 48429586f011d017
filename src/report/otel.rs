//! The OpenTelemetry span in which something failed.

/// The ids of the current span, if `tracing-opentelemetry` follows it. They become texts only in the report.
#[derive(Clone, Copy, Debug)]
pub(super) struct SpanIds {
    pub(super) trace: u128,
    pub(super) span: u64,
}

impl SpanIds {
    #[cfg(feature = "tracing-opentelemetry")]
    pub(super) fn current() -> Option<Self> {
        use opentelemetry::trace::TraceContextExt as _;
        use tracing_opentelemetry::OpenTelemetrySpanExt as _;

        let context = tracing::Span::current().context();
        let span = context.span();
        let ids = span.span_context();
        ids.is_valid().then(|| Self {
            trace: u128::from_be_bytes(ids.trace_id().to_bytes()),
            span: u64::from_be_bytes(ids.span_id().to_bytes()),
        })
    }

    #[cfg(not(feature = "tracing-opentelemetry"))]
    pub(super) const fn current() -> Option<Self> {
        None
    }
}
