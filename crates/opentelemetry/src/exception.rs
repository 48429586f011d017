//! Whether a report is about an exception.

use backstop::{Origin, Report};

/// Whether there was an exception. A response with an error status whose error is not known has none, and the
/// conventions advise against recording an artificial one.
pub(crate) fn is_exception(report: &Report) -> bool {
    let mut errors = report.errors.iter();
    report.origin != Origin::Response
        || errors.any(|error| error.type_name.is_some() || error.location.is_some())
}

/// The type of the outermost error whose type is known.
pub(crate) fn type_name(report: &Report) -> Option<&str> {
    let mut errors = report.errors.iter();
    errors.find_map(|error| error.type_name.as_deref())
}
