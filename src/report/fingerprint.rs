//! Fingerprints, which group reports of the same problem.

use super::report::Report;
use crate::text::{fnv1a, prefix};

/// The longest fingerprint, in bytes.
pub(crate) const MAX_FINGERPRINT: usize = 200;

/// The default fingerprint: the types of the errors and the first source location. Messages are left out, because they
/// differ from one failure to the next, and so are symbols, because they differ from build to build. Without a source
/// location, the origin, the status, the method and the route take its place.
pub(super) fn fingerprint(report: &Report) -> String {
    let types = report.errors.iter();
    let types = types.filter_map(|error| error.type_name.as_deref());
    let mut parts = vec![types.collect::<Vec<_>>().join(" < ")];
    let location = report
        .errors
        .iter()
        .find_map(|error| error.location.as_ref());
    if let Some(location) = location {
        parts.push(location.to_string());
    } else {
        parts.push(report.origin.as_str().to_owned());
        let response = report.response.as_ref();
        parts.extend(response.map(|response| response.status.to_string()));
        if let Some(request) = &report.request {
            parts.push(request.method.clone());
            parts.push(request.route.as_deref().unwrap_or("-").to_owned());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

/// Bounds the length of a fingerprint: one that is too long is cut, and a hash of the whole distinguishes it
/// from others with the same start.
pub(crate) fn bounded_fingerprint(fingerprint: String) -> String {
    const START: usize = 160;
    if fingerprint.len() <= MAX_FINGERPRINT {
        return fingerprint;
    }
    let hash = fnv1a(&fingerprint);
    format!("{} {hash:016x}", prefix(&fingerprint, START))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::backtrace::SourceLocation;
    use crate::report::report_error::ReportError;
    use crate::report::request_parts::{ReportRequest, ReportResponse};

    #[test]
    fn types_and_the_first_location_group_reports_and_messages_do_not() {
        let cause = |message| {
            ReportError::new(message)
                .with_type("std::io::Error")
                .with_location(SourceLocation::new("src/stock.rs", 12, 5))
        };
        let report = |message| {
            let mut report = Report::new(Uuid::nil(), "loading the stock");
            report.errors.push(cause(message));
            report
        };
        let group = fingerprint(&report("no space left"));
        assert_eq!(group, "std::io::Error src/stock.rs:12:5");
        assert_eq!(group, fingerprint(&report("disk on fire")));
    }

    #[test]
    fn without_a_location_the_status_and_the_route_group_reports() {
        let mut report = Report::new(Uuid::nil(), "Bad Gateway");
        report.response = Some(ReportResponse::new(502));
        report.request = Some(ReportRequest::new("GET", "/orders/7").with_route("/orders/{id}"));
        assert_eq!(fingerprint(&report), "handler 502 GET /orders/{id}");
    }

    #[test]
    fn long_fingerprints_that_differ_stay_different() {
        let [one, other] = ["a", "b"].map(|end| bounded_fingerprint("é".repeat(200) + end));
        assert_ne!(one, other);
        assert!(one.len() <= MAX_FINGERPRINT && other.len() <= MAX_FINGERPRINT);
    }
}
