//! Which responses pass, which are only recorded, and which are replaced.

use std::sync::Arc;

use axum_core::body::Body;
use bytes::Bytes;
use http::{Response, StatusCode};
use hyper::ext::ReasonPhrase;

use super::bare::{Bare, Reading};
use super::content_type::is_grpc;
use super::exchange::{Exchange, Length};
use super::expected::Expected;
use super::panic_to_error::panic_caught_inside;
use super::passthrough::Passthrough;
use super::replay::Replay;
use crate::error::{BoxError, Failure, FailureExtension, Origin, Repr};
use crate::panics::catch::drop_catching;

impl Exchange {
    /// Turns the response of the inner service into the one that leaves the layer.
    ///
    /// A failure in the extensions comes first: below 400 its own status replaces that of the response, because an error
    /// must not leave as a success; at 400 or above the response keeps its status.
    pub(super) fn classify<R>(&self, response: Response<R>) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let (status, extensions) = (response.status(), response.extensions());
        let carried = extensions.get::<FailureExtension>();
        if carried.is_none() && status.as_u16() < 400 {
            return self.guard(response);
        }
        let passes = extensions.get::<Passthrough>().is_some();
        if let Some(extension) = carried {
            if extension.rendered.is_some() {
                return self.pass_rendered(response);
            }
            let failure = self.carried(extension, status, is_expected(&response));
            if passes {
                return self.pass_recorded(response, &failure);
            }
            return self.replace(&failure, response.map(drop_catching), Length::Known);
        }
        if passes || is_grpc(response.headers()) {
            return self.pass(response);
        }
        match self.read(response) {
            Reading::Bare(bare) => self.replace_bare(bare),
            Reading::Kept(response) => self.pass(response),
            Reading::KeptEncoded(response) => {
                self.backstop.warn_of_encoded_text();
                self.pass(response)
            }
            Reading::Open(response) => {
                // Guarded first, because a body that is read may fail.
                let (parts, body) = self.guard(response).into_parts();
                let mut body = Replay::new(body);
                let is_empty = body.is_empty();
                let response = Response::from_parts(parts, body);
                if is_empty {
                    self.replace_bare(Bare {
                        head: response.map(drop_catching),
                        text: None,
                        length: Length::Known,
                    })
                } else {
                    self.note_passed(response.map(Body::new))
                }
            }
        }
    }

    fn replace_bare(&self, bare: Bare) -> Response<Body> {
        let failure = self.bare_failure(bare.head.status(), bare.text);
        let failure = failure.with_expected_response(is_expected(&bare.head));
        self.replace(&failure, bare.head, bare.length)
    }

    /// The failure in the extensions of a response.
    fn carried(
        &self,
        extension: &FailureExtension,
        status: StatusCode,
        is_expected: bool,
    ) -> Failure {
        let origin = match &extension.rendered {
            Some(mark) => mark.origin,
            None if extension.repr.is_panic() => Origin::Panic,
            None => Origin::Handler,
        };
        let repr = Arc::clone(&extension.repr);
        let is_decided =
            extension.rendered.is_some() || extension.decided_by == Some(self.backstop.number());
        let failure = if is_decided {
            Failure::with_own_status(repr, origin, extension.status)
        } else {
            self.failure(repr, origin)
        };
        let failure = failure.with_expected_response(is_expected);
        if status == extension.status || status.as_u16() < 400 {
            failure
        } else {
            failure.with_status(status)
        }
    }

    /// The failure of a response that carries none. If another layer further in has caught a panic, such as tower-http's
    /// `CatchPanicLayer`, the response is all that it left of it.
    fn bare_failure(&self, status: StatusCode, text: Option<String>) -> Failure {
        if status.is_server_error()
            && let Some(panic) = panic_caught_inside()
        {
            return self.failure(panic, Origin::Panic).with_status(status);
        }
        let repr = Arc::new(Repr::response(status, text));
        self.failure(repr, Origin::Response)
    }

    /// Passes a response that an inner layer has rendered. Its failure is recorded under the same id, unless this
    /// Backstop has done that already.
    fn pass_rendered<R>(&self, mut response: Response<R>) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let number = self.backstop.number();
        let status = response.status();
        let extension = response.extensions().get::<FailureExtension>();
        // A response that a layer in between has turned into a success is still an error.
        let restored = extension.map(|extension| extension.status);
        if let Some(restored) = restored.filter(|_| status.as_u16() < 400) {
            *response.status_mut() = restored;
            response.extensions_mut().remove::<ReasonPhrase>();
        }
        let extension = response.extensions_mut().get_mut::<FailureExtension>();
        if let Some(extension) = extension
            && let Some(mark) = &mut extension.rendered
            && !mark.reported_by.contains(number)
        {
            mark.reported_by.insert(number);
            let id = mark.id;
            let extension = extension.clone();
            let is_expected = is_expected(&response);
            let failure = self.carried(&extension, response.status(), is_expected);
            let failure = failure.with_id(id);
            response.extensions_mut().insert(failure.clone());
            let response = self.guard(response);
            self.record(&failure, None);
            return response;
        }
        self.guard(response)
    }

    /// Passes a response as it is. At 500 or above it is recorded.
    fn pass<R>(&self, response: Response<R>) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let response = self.guard(response);
        self.note_passed(response)
    }

    /// Records a response that passes, at 500 or above.
    fn note_passed(&self, mut response: Response<Body>) -> Response<Body> {
        let status = response.status();
        if status.is_server_error() {
            let failure = self.bare_failure(status, None);
            let failure = failure.with_expected_response(is_expected(&response));
            self.mark(&failure, response.extensions_mut());
            self.record(&failure, None);
        }
        response
    }

    /// Passes a response that is marked as [`Passthrough`] and records the failure that it carries.
    fn pass_recorded<R>(&self, mut response: Response<R>, failure: &Failure) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let sent = response.status();
        self.mark(failure, response.extensions_mut());
        let response = self.guard(response);
        self.record(failure, Some(sent));
        response
    }
}

/// Whether a response is marked as expected.
fn is_expected<R>(response: &Response<R>) -> bool {
    response.extensions().get::<Expected>().is_some()
}
