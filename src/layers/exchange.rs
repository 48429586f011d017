//! [`Exchange`]: one request at one Backstop, and the response to its failure.

use std::sync::Arc;

use axum_core::body::Body;
use http::header::CONTENT_LENGTH;
use http::{Extensions, Method, Response, StatusCode};
use hyper::ext::ReasonPhrase;
use uuid::fmt::Urn;

use super::headers;
use crate::backstop::Backstop;
use crate::error::{Error, Failure, FailureExtension, Origin, RenderedMark, ReportedBy, Repr};
use crate::panics::catch::catch_panic;
use crate::panics::mark::PanicMark;
use crate::request::{AwaitedPart, RequestInfo};

/// A request, and the Backstop that responds to its failure.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    pub(super) backstop: Backstop,
    pub(super) request: RequestInfo,
    /// When it began.
    pub(super) since: PanicMark,
    /// Whether the request runs inside another one of the same Backstop, whose client is the same.
    pub(super) is_nested: bool,
}

/// Whether the response to a HEAD request knows the length that GET would have.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Length {
    Known,
    /// The text that GET would have was stripped before it came here.
    Unknown,
}

impl Exchange {
    /// A failure of this exchange, with the status that the application gave it.
    pub(super) fn failure(&self, repr: Arc<Repr>, origin: Origin) -> Failure {
        Failure::new(repr, origin, self.backstop.statuses())
    }

    pub(super) fn is_head(&self) -> bool {
        self.request.method() == Method::HEAD
    }

    /// Responds to an error of the inner service, or to its panic.
    pub(super) fn fail(&self, repr: Arc<Repr>) -> Response<Body> {
        let origin = if repr.is_panic() {
            Origin::Panic
        } else {
            Origin::Service
        };
        let failure = self.failure(repr, origin);
        self.respond(&failure)
    }

    /// Responds to a failure that has no response yet.
    pub(super) fn respond(&self, failure: &Failure) -> Response<Body> {
        self.replace(failure, Response::new(()), Length::Known)
    }

    /// Replaces a response with the response to a failure, and keeps the headers that still apply.
    pub(super) fn replace(
        &self,
        failure: &Failure,
        mut response: Response<()>,
        length: Length,
    ) -> Response<Body> {
        // The id, formatted once for the body and the headers.
        let mut urn = [0; Urn::LENGTH];
        let urn: &str = failure.id().urn().encode_lower(&mut urn);
        let id = urn.strip_prefix("urn:uuid:").unwrap_or(urn);
        let rendered = self
            .backstop
            .render(failure, urn, &self.request, response.headers());
        // The error's own headers come from the application's code, which may panic.
        let of_error = catch_panic(|| headers::of_error(failure)).flatten();
        if !response.headers().is_empty() {
            let replaced = response.status();
            headers::strip(response.headers_mut(), replaced, failure.status());
        }
        *response.status_mut() = failure.status();
        headers::write(response.headers_mut(), id, &rendered, of_error);
        // It may be the text of an upstream server, or belong to another status.
        response.extensions_mut().remove::<ReasonPhrase>();
        self.mark(failure, response.extensions_mut());
        let is_head = self.is_head();
        self.record(failure, None);
        if !is_head {
            return response.map(|()| Body::from(rendered.body));
        }
        if length == Length::Known {
            let length = rendered.body.len().into();
            let _ = response.headers_mut().try_insert(CONTENT_LENGTH, length);
        }
        response.map(|()| Body::empty())
    }

    /// Marks a response, so that outer layers do not render or record its failure again, and can read it.
    pub(super) fn mark(&self, failure: &Failure, extensions: &mut Extensions) {
        extensions.insert(failure.clone());
        let rendered = Some(RenderedMark {
            id: failure.id(),
            origin: failure.origin(),
            reported_by: ReportedBy::new(self.backstop.number()),
        });
        if let Some(extension) = extensions.get_mut::<FailureExtension>() {
            extension.status = failure.status();
            extension.rendered = rendered;
            return;
        }
        extensions.insert(FailureExtension {
            repr: Arc::clone(failure.repr()),
            status: failure.status(),
            decided_by: None,
            rendered,
        });
    }

    /// Counts the client, which disconnected before this part of its response was complete. A panic that unwinds through
    /// the layers outside is not the client's doing.
    #[cold]
    pub(super) fn client_disconnected(&self, awaited: AwaitedPart) {
        if !self.is_nested && !std::thread::panicking() {
            self.backstop.record_disconnect(&self.request, awaited);
        }
    }

    /// Logs and reports a failure; `sent` is the status of the response, if it had been sent before the failure.
    pub(super) fn record(&self, failure: &Failure, sent: Option<StatusCode>) {
        self.backstop.record(failure, &self.request, sent);
    }
}

impl Backstop {
    /// Responds to an error by hand, as the layer would: the response is negotiated, and the failure is logged and
    /// reported.
    ///
    /// ```
    /// use backstop::{Backstop, Error, RequestInfo};
    /// use http::{Request, StatusCode};
    ///
    /// let backstop = Backstop::production().build()?;
    /// let request = Request::get("/").header("accept", "text/plain").body(()).unwrap();
    /// let request = RequestInfo::from_request(&request);
    /// let response = backstop.respond(&request, Error::not_found("no such tenant"));
    /// assert_eq!(response.status(), StatusCode::NOT_FOUND);
    /// assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    #[track_caller]
    pub fn respond(&self, request: &RequestInfo, error: impl Into<Error>) -> Response<Body> {
        let error = error.into();
        let exchange = Exchange {
            backstop: self.clone(),
            request: request.clone(),
            since: PanicMark::now(),
            is_nested: false,
        };
        let failure = exchange.failure(Arc::clone(error.repr()), Origin::Handler);
        exchange.respond(&failure)
    }
}
