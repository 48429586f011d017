//! A failure in the fields of its request's span.

use tracing::Span;
use tracing::level_filters::LevelFilter;

use super::log;
use crate::disclosure::Redactor;
use crate::panics::catch::catch_panic;
use crate::report::error_event::ErrorEvent;

/// Records a failure on the current span, in those of these fields that the span declares: `error.type`, and
/// `otel.status_code` and `otel.status_description`, which `tracing-opentelemetry` makes the status of its span.
///
/// By the conventions for HTTP servers, a status below 500 is not an error of the span.
pub(super) fn record(event: &ErrorEvent<'_>, redactor: &Redactor) {
    // Without a subscriber there are no spans, and looking for the current one would cost more than knowing that.
    if LevelFilter::current() != LevelFilter::OFF && event.is_reported_by_default() {
        // The subscriber belongs to the application.
        catch_panic(|| record_on(&Span::current(), event, redactor));
    }
}

fn record_on(span: &Span, event: &ErrorEvent<'_>, redactor: &Redactor) {
    let failure = event.failure();
    if span.has_field("error.type") {
        span.record("error.type", &*failure.error_type());
    }
    if span.has_field("otel.status_code") {
        span.record("otel.status_code", "ERROR");
    }
    if span.has_field("otel.status_description") {
        span.record("otel.status_description", log::message(failure, redactor));
    }
}
