//! The OpenTelemetry span in which a failure occurred.

/// The ids of the current span, if `tracing-opentelemetry` records it. They are only formatted for the report.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraceIds {
    trace: u128,
    span: u64,
}

impl TraceIds {
    #[cfg(feature = "tracing-opentelemetry")]
    pub(crate) fn current() -> Option<Self> {
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
    pub(crate) const fn current() -> Option<Self> {
        None
    }

    /// 32 hexadecimal digits.
    pub(super) fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }

    /// 16 hexadecimal digits.
    pub(super) fn span_id(self) -> String {
        format!("{:016x}", self.span)
    }
}
