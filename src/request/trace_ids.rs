//! The OpenTelemetry span in which a failure occurred.

use std::fmt;

/// The ids of a span that `tracing-opentelemetry` records. They are only formatted for the report and the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TraceIds {
    trace: u128,
    span: u64,
}

impl TraceIds {
    /// The ids of the current span, if `tracing-opentelemetry` records it.
    pub(crate) fn current() -> Option<Self> {
        CurrentSpan::here().trace_ids()
    }

    /// 32 hexadecimal digits.
    pub(crate) fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }

    /// 16 hexadecimal digits.
    pub(crate) fn span_id(self) -> String {
        format!("{:016x}", self.span)
    }
}

/// The span that was current when this value was created. While it exists, the span stays open.
///
/// A panic hook can create one, because that takes no lock. Reading the ids does, so that is left to other code.
pub(crate) struct CurrentSpan {
    #[cfg(feature = "tracing-opentelemetry")]
    span: tracing::Span,
}

#[cfg(feature = "tracing-opentelemetry")]
impl CurrentSpan {
    pub(crate) fn here() -> Self {
        Self {
            span: tracing::Span::current(),
        }
    }

    pub(crate) fn trace_ids(&self) -> Option<TraceIds> {
        use opentelemetry::trace::TraceContextExt as _;
        use tracing_opentelemetry::OpenTelemetrySpanExt as _;

        let context = self.span.context();
        let span = context.span();
        let ids = span.span_context();
        ids.is_valid().then(|| TraceIds {
            trace: u128::from_be_bytes(ids.trace_id().to_bytes()),
            span: u64::from_be_bytes(ids.span_id().to_bytes()),
        })
    }
}

#[cfg(not(feature = "tracing-opentelemetry"))]
impl CurrentSpan {
    pub(crate) const fn here() -> Self {
        Self {}
    }

    #[expect(clippy::unused_self, reason = "with the feature it is used")]
    pub(crate) const fn trace_ids(&self) -> Option<TraceIds> {
        None
    }
}

impl fmt::Debug for CurrentSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CurrentSpan(…)")
    }
}
