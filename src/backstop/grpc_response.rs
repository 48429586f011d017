//! The error response to a gRPC request.

use bytes::Bytes;
use http::HeaderValue;

use super::responder::{GrpcStatus, RenderedError, Responder};
use crate::disclosure::Disclosed;
use crate::error::{Failure, Origin};
use crate::formats::grpc;
use crate::panics::catch::catch_panic;
use crate::problem::reason_phrase;
use crate::request::RequestInfo;

impl Responder {
    /// The response to a gRPC request: no body, the status and the message are headers.
    pub(super) fn respond_to_grpc(
        &self,
        failure: &Failure,
        urn: &str,
        request: &RequestInfo,
        content_type: &HeaderValue,
    ) -> RenderedError {
        let reason = reason_phrase(failure.status());
        let message = catch_panic(|| {
            let mut disclosed = Disclosed::new(failure, request, &self.policy);
            let (problem, _) = self.problem(failure, urn, request, &mut disclosed, None);
            let text = problem.detail().or_else(|| problem.title());
            grpc::message(text.unwrap_or(reason))
        });
        let is_bare = failure.origin() == Origin::Response;
        RenderedError {
            body: Bytes::new(),
            content_type: content_type.clone(),
            csp: None,
            is_for_developers: false,
            grpc: Some(GrpcStatus {
                code: grpc::status(failure.status(), is_bare),
                message: message.unwrap_or_else(|| grpc::message(reason)),
            }),
            varies: false,
            language: None,
            varies_by_language: false,
        }
    }
}
