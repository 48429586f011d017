//! The response of an error: it carries the error to the layer, and says only what is safe if there is no layer.

use std::borrow::Cow;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum_core::body::Body;
use axum_core::response::Response;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use http_body::{Frame, SizeHint};

use super::exposure::Exposure;
use super::extension::FailureExtension;
use super::repr::Repr;
use super::std_error::BoxError;
use crate::panics::catch::catch_panic;
use crate::problem::Problem;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// The response of an error whose status is known; `decided_by` is the number of the Backstop that was asked for it.
pub(crate) fn layerless_response(
    repr: Arc<Repr>,
    status: StatusCode,
    decided_by: Option<u64>,
) -> Response {
    let body = LayerlessBody {
        repr: Arc::clone(&repr),
        status,
        bytes: OnceLock::new(),
        is_sent: false,
    };
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, PROBLEM_JSON);
    if let Some(own) = repr.headers_for(status) {
        headers.extend(own);
    }
    response.extensions_mut().insert(FailureExtension {
        repr,
        status,
        decided_by,
        rendered: None,
    });
    response
}

/// The body of an error's response if there is no layer. It is rendered when it is first read, which never happens
/// inside a layer.
struct LayerlessBody {
    repr: Arc<Repr>,
    status: StatusCode,
    bytes: OnceLock<Bytes>,
    is_sent: bool,
}

impl LayerlessBody {
    fn bytes(&self) -> &Bytes {
        self.bytes.get_or_init(|| {
            let mut problem = Problem::new(self.status);
            if let Some(detail) = catch_panic(|| self.detail()).flatten() {
                problem.set_detail(detail);
            }
            Bytes::from(problem.to_json())
        })
    }

    fn detail(&self) -> Option<Cow<'static, str>> {
        if !self.repr.is_disclosed(self.status) {
            return None;
        }
        let is_public = self.repr.exposure() == Exposure::Public;
        self.repr.client_text(is_public)
    }
}

impl http_body::Body for LayerlessBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.is_sent {
            return Poll::Ready(None);
        }
        self.is_sent = true;
        Poll::Ready(Some(Ok(Frame::data(self.bytes().clone()))))
    }

    fn is_end_stream(&self) -> bool {
        self.is_sent
    }

    fn size_hint(&self) -> SizeHint {
        let remaining = if self.is_sent { 0 } else { self.bytes().len() };
        SizeHint::with_exact(remaining as u64)
    }
}
