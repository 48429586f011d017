//! What is taken on the request's path: cheap handles, from which the worker makes the report.

use std::time::SystemTime;

use http::StatusCode;

use super::{Mechanism, Report, ReportError, ReportRequest, ReportResponse, Severity};
use crate::error::{Failure, Origin};
use crate::request::RequestFacts;

/// A failure on its way to the worker.
#[derive(Debug)]
pub(crate) struct Captured {
    pub(crate) failure: Failure,
    pub(crate) facts: Option<RequestFacts>,
    /// The status that the client got.
    pub(crate) status: Option<StatusCode>,
    pub(crate) severity: Severity,
    pub(crate) handled: bool,
    pub(crate) at: SystemTime,
}

impl Captured {
    /// Assembles the report, on the worker: here texts are made and copied.
    pub(crate) fn into_report(self) -> Report {
        let mechanism = match self.failure.origin() {
            Origin::Handler => Mechanism::Handler,
            Origin::Service => Mechanism::Service,
            Origin::Panic => Mechanism::Panic,
            Origin::Response => Mechanism::Response,
            Origin::Body => Mechanism::Body,
        };
        let errors = self.failure.chain().iter().map(|link| ReportError {
            type_name: link.type_name().map(str::to_owned),
            message: link.message().to_owned(),
            at: link.at().map(ToString::to_string),
        });
        let errors: Vec<ReportError> = errors.collect();
        let since = self
            .at
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default();
        Report {
            id: self.failure.id(),
            timestamp: u64::try_from(since.as_millis()).unwrap_or(u64::MAX),
            severity: self.severity,
            handled: self.handled,
            mechanism,
            fingerprint: errors
                .first()
                .map(|error| error.message.clone())
                .unwrap_or_default(),
            errors,
            frames: Vec::new(),
            request: self.facts.as_ref().map(|facts| ReportRequest {
                method: facts.method().to_string(),
                url: facts.uri().path().to_owned(),
                route: facts.route().map(str::to_owned),
                headers: Default::default(),
            }),
            response: self.status.map(|status| ReportResponse {
                status: status.as_u16(),
            }),
            transaction: None,
            user: None,
            attributes: Default::default(),
            metadata: Default::default(),
            feature_flags: Vec::new(),
            breadcrumbs: Vec::new(),
            logs: Vec::new(),
            app: None,
            device: None,
            thread: None,
            trace_id: None,
            span_id: None,
            suppressed: 0,
            trimmed: Vec::new(),
        }
    }
}
