//! Which responses pass, which are only recorded, and which are replaced.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum_core::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use super::exchange::{Exchange, Length};
use super::passthrough::Passthrough;
use crate::error::{BoxError, Failure, FailureExtension, Origin, Repr};
use crate::panics::catch::{catch_panic, drop_catching};

/// The longest text of a bare response that is read.
const MAX_TEXT: usize = 16 * 1024;

/// A bare response of which only the text is needed.
struct Bare {
    head: Response<()>,
    text: Option<String>,
    length: Length,
}

impl Exchange {
    /// Makes the response that leaves the layer of one with an error status.
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
            let failure = self.carried(extension, status);
            return self.replace(&failure, response.map(drop_catching), Length::Known);
        }
        if is_left_alone(response.headers(), response.extensions()) {
            return self.pass(response);
        }
        match Bare::read(response) {
            Ok(Bare { head, text, length }) => {
                let repr = Arc::new(Repr::response(status, text));
                let failure = self.failure(repr, Origin::Response);
                self.replace(&failure, head, length)
            }
            Err(response) => self.pass(response),
        }
    }

    /// The failure in the extensions of a response.
    fn carried(&self, extension: &FailureExtension, status: StatusCode) -> Failure {
        let origin = match &extension.rendered {
            Some(mark) => mark.origin,
            None if extension.repr.is_panic() => Origin::Panic,
            None => Origin::Handler,
        };
        let failure = self.failure(Arc::clone(&extension.repr), origin);
        if status == extension.status {
            failure
        } else {
            failure.with_status(status)
        }
    }

    /// Passes a response that an inner layer has rendered. Its failure is recorded under the same id, unless this
    /// Backstop has done that already.
    fn pass_rendered<R>(&self, mut response: Response<R>) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let number = self.backstop.number();
        let extension = response.extensions_mut().get_mut::<FailureExtension>();
        if let Some(extension) = extension
            && let Some(mark) = &mut extension.rendered
            && !mark.reported_by.contains(number)
        {
            mark.reported_by.insert(number);
            let id = mark.id;
            let extension = extension.clone();
            let failure = self.carried(&extension, response.status()).with_id(id);
            let response = self.guard(response);
            self.record(&failure, None);
            return response;
        }
        self.guard(response)
    }

    /// Passes a response as it is. From 500 on it is recorded.
    fn pass<R>(&self, mut response: Response<R>) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let status = response.status();
        if !status.is_server_error() {
            return self.guard(response);
        }
        let repr = Arc::new(Repr::response(status, None));
        let failure = self.failure(repr, Origin::Response);
        self.mark(&failure, response.extensions_mut());
        let response = self.guard(response);
        self.record(&failure, None);
        response
    }
}

/// Whether the body was made on purpose: it has a type or an encoding of its own, or is marked.
fn is_left_alone(headers: &HeaderMap, extensions: &Extensions) -> bool {
    const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|it| !is_plain_text(it))
        || headers.contains_key(CONTENT_ENCODING)
        || headers.contains_key(GRPC_STATUS)
        || extensions.get::<Passthrough>().is_some()
}

/// Whether a content type is `text/plain`, with whatever parameters.
fn is_plain_text(content_type: &HeaderValue) -> bool {
    let mut parts = content_type.as_bytes().split(|byte| *byte == b';');
    let essence = parts.next().unwrap_or_default().trim_ascii();
    essence.eq_ignore_ascii_case(b"text/plain")
}

impl Bare {
    /// Takes a bare response apart, with as much of its text as is there without waiting. Gives the response back if it
    /// is below 500 and too long to be read, because then its text would be lost.
    fn read<R>(response: Response<R>) -> Result<Self, Response<R>>
    where
        R: http_body::Body<Data = Bytes>,
    {
        let body = response.body();
        let is_empty = catch_panic(|| body.is_end_stream()).unwrap_or(true);
        let bound = catch_panic(|| body.size_hint().upper()).unwrap_or_default();
        let is_bounded = is_empty || bound.is_some_and(|bound| bound <= MAX_TEXT as u64);
        if !is_bounded && !response.status().is_server_error() {
            return Err(response);
        }
        // Outside axum's router the body of the response to a HEAD is stripped by now, but its length is still there.
        let length = response.headers().get(CONTENT_LENGTH);
        let length = if is_empty && length.is_some_and(|length| length != "0") {
            Length::Unknown
        } else {
            Length::Known
        };
        let (parts, body) = response.into_parts();
        let text = if is_bounded {
            read(body)
        } else {
            drop_catching(body);
            None
        };
        Ok(Self {
            head: Response::from_parts(parts, ()),
            text,
            length,
        })
    }
}

/// The body as text, if all of it is there now.
fn read<R: http_body::Body<Data = Bytes>>(body: R) -> Option<String> {
    let mut bytes = BytesMut::new();
    let is_whole = catch_panic(|| {
        let mut body = pin!(body);
        let mut cx = Context::from_waker(Waker::noop());
        loop {
            match body.as_mut().poll_frame(&mut cx) {
                Poll::Ready(None) => return true,
                Poll::Ready(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        bytes.extend_from_slice(&data);
                    }
                    if bytes.len() > MAX_TEXT {
                        return false;
                    }
                }
                Poll::Ready(Some(Err(_))) | Poll::Pending => return false,
            }
        }
    });
    let is_text = is_whole.unwrap_or(false) && !bytes.is_empty();
    is_text.then(|| String::from_utf8_lossy(&bytes).into_owned())
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
