//! Which responses pass, which are only recorded, and which are replaced.

use std::sync::Arc;

use axum_core::body::Body;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderName, HeaderValue, Response, StatusCode};

use super::bare::{Bare, Reading, is_encoded};
use super::exchange::{Exchange, Length};
use super::expected::Expected;
use super::panic_to_error::panic_caught_inside;
use super::passthrough::Passthrough;
use crate::error::{BoxError, Failure, FailureExtension, Origin, Repr};
use crate::panics::catch::{catch_panic, drop_catching};

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
        let status = response.status();
        if let Some(extension) = response.extensions().get::<FailureExtension>() {
            if extension.rendered.is_some() {
                return self.pass_rendered(response);
            }
            let failure = self.carried(extension, status, is_expected(&response));
            if response.extensions().get::<Passthrough>().is_some() {
                return self.pass_recorded(response, &failure);
            }
            return self.replace(&failure, response.map(drop_catching), Length::Known);
        }
        if status.as_u16() < 400 {
            return self.guard(response);
        }
        if self.is_left_alone(&response) {
            return self.pass(response);
        }
        match Bare::read(response) {
            Reading::Bare(Bare { head, text, length }) => {
                let failure = self.bare_failure(status, text);
                let failure = failure.with_expected_response(is_expected(&head));
                self.replace(&failure, head, length)
            }
            Reading::Kept(response) => self.pass(response),
        }
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
            let response = self.guard(response);
            self.record(&failure, None);
            return response;
        }
        self.guard(response)
    }

    /// Passes a response as it is. At 500 or above it is recorded.
    fn pass<R>(&self, mut response: Response<R>) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let status = response.status();
        if !status.is_server_error() {
            return self.guard(response);
        }
        let failure = self.bare_failure(status, None);
        let failure = failure.with_expected_response(is_expected(&response));
        self.mark(&failure, response.extensions_mut());
        let response = self.guard(response);
        self.record(&failure, None);
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

    /// Whether the body of an error response was made on purpose.
    ///
    /// That is a body with a type of its own. An empty body has nothing to keep, whatever its type, unless it is that
    /// of a HEAD request. An encoded text is left alone below 500, because it cannot be read; at 500 or above it is
    /// replaced unread, because it must not be shown.
    fn is_left_alone<R: http_body::Body>(&self, response: &Response<R>) -> bool {
        const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
        let (headers, extensions) = (response.headers(), response.extensions());
        let content_type = headers.get(CONTENT_TYPE);
        if extensions.get::<Passthrough>().is_some()
            || headers.contains_key(GRPC_STATUS)
            || content_type.is_some_and(is_grpc)
        {
            return true;
        }
        let is_empty = || catch_panic(|| response.body().is_end_stream()).unwrap_or(true);
        if content_type.is_some_and(|content_type| !is_plain_text(content_type)) {
            return self.is_head() || !is_empty();
        }
        is_encoded(headers) && !response.status().is_server_error()
    }
}

/// Whether a response is marked as expected.
fn is_expected<R>(response: &Response<R>) -> bool {
    response.extensions().get::<Expected>().is_some()
}

/// Whether a content type is that of gRPC, with any suffix.
fn is_grpc(content_type: &HeaderValue) -> bool {
    let prefix = content_type.as_bytes().get(..b"application/grpc".len());
    prefix.is_some_and(|prefix| prefix.eq_ignore_ascii_case(b"application/grpc"))
}

/// Whether a content type is `text/plain`, with any parameters.
fn is_plain_text(content_type: &HeaderValue) -> bool {
    let mut parts = content_type.as_bytes().split(|byte| *byte == b';');
    let essence = parts.next().unwrap_or_default().trim_ascii();
    essence.eq_ignore_ascii_case(b"text/plain")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_plain_whatever_its_case_and_parameters_and_nothing_else_is() {
        let plain = [
            "text/plain",
            "Text/Plain; charset=utf-8",
            "text/plain ; charset=utf-8",
            " text/plain;",
        ];
        for value in plain {
            assert!(is_plain_text(&HeaderValue::from_static(value)), "{value}");
        }
        for value in ["", "text/plainer", "text/html", "text/plain, text/html"] {
            assert!(!is_plain_text(&HeaderValue::from_static(value)), "{value}");
        }
    }
}
