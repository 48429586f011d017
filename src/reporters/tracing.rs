//! Reports as events of the application's log.

use std::sync::Arc;

use tracing::Level;

use super::delivery::Delivery;
use super::reporter::Reporter;
use crate::report::report::Report;
use crate::report::severity::Severity;

/// Emits one structured event per report, with the target `backstop::report`, fields named after OpenTelemetry's
/// semantic conventions where there are any, and the whole report as JSON in the field `report`.
///
/// The layer itself logs each failure as it happens ([`Builder::log`](crate::Builder::log)); this reporter adds what is
/// known only once the report is assembled, such as breadcrumbs and frames.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Tracing {}

impl Tracing {
    /// Creates a reporter; it has no settings.
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

impl Reporter for Tracing {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        for report in batch {
            match report.severity {
                Severity::Info => emit!(INFO, report),
                Severity::Warning => emit!(WARN, report),
                Severity::Error | Severity::Fatal => emit!(ERROR, report),
            }
        }
        vec![Delivery::Delivered; batch.len()]
    }
}

macro_rules! emit {
    ($level:ident, $report:expr) => {{
        let report: &Report = $report;
        if tracing::enabled!(target: "backstop::report", Level::$level) {
            let error = report.errors.first();
            let request = report.request.as_ref();
            let app = report.app.as_ref();
            tracing::event!(
                target: "backstop::report",
                Level::$level,
                backstop.id = %report.id.hyphenated(),
                error.type = error.and_then(|error| error.type_name.as_deref()),
                backstop.fingerprint = report.fingerprint,
                backstop.handled = report.handled,
                exception.message = error.map(|error| error.message.escape_debug().to_string()),
                http.request.method = request.map(|request| &*request.method),
                url.path = request.map(|request| request.url.split('?').next().unwrap_or_default()),
                http.route = request.and_then(|request| request.route.as_deref()),
                http.response.status_code = report.response.as_ref().map(|response| response.status),
                service.version = app.and_then(|app| app.version.as_deref()),
                backstop.suppressed = report.suppressed,
                trace_id = report.trace_id.as_deref(),
                report = serde_json::to_string(report).unwrap_or_default(),
                "report"
            );
        }
    }};
}
use emit;
