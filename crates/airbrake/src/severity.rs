//! Airbrake's names of severities.

use backstop::report::Severity;

pub(crate) const fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Fatal => "critical",
        _ => "error",
    }
}
