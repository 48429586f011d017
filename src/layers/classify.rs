//! What becomes of a response: passed on, told of, or answered anew.

use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum_core::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http::{Extensions, HeaderMap, HeaderName, Response, StatusCode};

use super::respond::Length;
use super::{Passthrough, body, respond};
use crate::backstop::Backstop;
use crate::error::{BoxError, Failure, FailureExtension, Origin, Repr};
use crate::panics::catch::{catch_panic, drop_catching};
use crate::request::RequestInfo;

/// The most of somebody else's text that is read.
const MAX_TEXT: usize = 16 * 1024;

/// The response that leaves the layer.
pub(super) fn classify<R>(
    backstop: &Backstop,
    facts: &mut RequestInfo,
    response: Response<R>,
) -> Response<Body>
where
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let status = response.status();
    if status.as_u16() < 400 {
        return body::guard(backstop, facts, response);
    }
    if let Some(carrier) = response.extensions().get::<FailureExtension>() {
        return match &carrier.rendered {
            Some(_) => tell_again(backstop, facts, response),
            None => {
                let failure = carried(backstop, carrier, status);
                let response = response.map(drop_catching);
                respond::replace(backstop, &failure, facts, response, Length::WellKnown)
            }
        };
    }
    if is_left_alone(response.headers(), response.extensions()) {
        return tell_of(backstop, facts, response);
    }
    match text(status, response) {
        Ok((text, length, response)) => {
            let inner = Arc::new(Repr::response(status, text));
            let failure = Failure::new(inner, Origin::Response, backstop.statuses());
            respond::replace(backstop, &failure, facts, response, length)
        }
        Err(response) => tell_of(backstop, facts, response),
    }
}

/// The failure that travelled here in the response's extensions.
fn carried(backstop: &Backstop, carrier: &FailureExtension, status: StatusCode) -> Failure {
    let origin = match &carrier.rendered {
        Some(answered) => answered.origin,
        None if carrier.repr.is_panic() => Origin::Panic,
        None => Origin::Handler,
    };
    let failure = Failure::new(Arc::clone(&carrier.repr), origin, backstop.statuses());
    if status == carrier.status {
        failure
    } else {
        failure.with_status(status)
    }
}

/// An inner layer has answered: another Backstop's owner is told under the same id, the same one's is not.
fn tell_again<R>(
    backstop: &Backstop,
    facts: &mut RequestInfo,
    mut response: Response<R>,
) -> Response<Body>
where
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let carrier = response.extensions_mut().get_mut::<FailureExtension>();
    if let Some(carrier) = carrier
        && let Some(answered) = &mut carrier.rendered
        && !answered.reported_by.contains(backstop.number())
    {
        answered.reported_by.insert(backstop.number());
        let id = answered.id;
        let carrier = carrier.clone();
        let failure = carried(backstop, &carrier, response.status()).with_id(id);
        let response = body::guard(backstop, facts, response);
        backstop.tell(&failure, facts, None);
        return response;
    }
    body::guard(backstop, facts, response)
}

/// A response that stays as it is; from 500 on its failure is told.
fn tell_of<R>(
    backstop: &Backstop,
    facts: &mut RequestInfo,
    mut response: Response<R>,
) -> Response<Body>
where
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    let status = response.status();
    if status.is_server_error() {
        let inner = Arc::new(Repr::response(status, None));
        let failure = Failure::new(inner, Origin::Response, backstop.statuses());
        respond::mark(backstop, &failure, response.extensions_mut());
        let response = body::guard(backstop, facts, response);
        backstop.tell(&failure, facts, None);
        return response;
    }
    body::guard(backstop, facts, response)
}

/// A body with a type or an encoding of its own is somebody's answer.
fn is_left_alone(headers: &HeaderMap, extensions: &Extensions) -> bool {
    const GRPC_STATUS: HeaderName = HeaderName::from_static("grpc-status");
    let has_own_type = headers.get(CONTENT_TYPE).is_some_and(|value| {
        let is_text = |text: &str| {
            text.parse::<mime::Mime>()
                .is_ok_and(|mime| mime.essence_str() == mime::TEXT_PLAIN)
        };
        !value.to_str().is_ok_and(is_text)
    });
    has_own_type
        || headers.contains_key(CONTENT_ENCODING)
        || headers.contains_key(GRPC_STATUS)
        || extensions.get::<Passthrough>().is_some()
}

/// The text of a bare response, as far as it is there without waiting; the response back where it is below
/// 500 and too long to be read, for what can't be told must not be lost.
fn text<R>(
    status: StatusCode,
    response: Response<R>,
) -> Result<(Option<String>, Length, Response<()>), Response<R>>
where
    R: http_body::Body<Data = Bytes>,
{
    let body = response.body();
    let is_empty = catch_panic(|| body.is_end_stream()).unwrap_or(true);
    let bound = catch_panic(|| body.size_hint().upper()).unwrap_or_default();
    let is_bounded = is_empty || bound.is_some_and(|bound| bound <= MAX_TEXT as u64);
    if !is_bounded && !status.is_server_error() {
        return Err(response);
    }
    let (parts, body) = response.into_parts();
    // Outside axum's router the body of a HEAD is gone by now, and its length tells that there was one.
    let was_stripped = is_empty
        && parts
            .headers
            .get(http::header::CONTENT_LENGTH)
            .is_some_and(|length| length != "0");
    let text = if is_bounded {
        read(body)
    } else {
        drop_catching(body);
        None
    };
    let length = if was_stripped {
        Length::Unknown
    } else {
        Length::WellKnown
    };
    Ok((text, length, Response::from_parts(parts, ())))
}

/// The body as text if all of it is there now.
fn read<R: http_body::Body<Data = Bytes>>(body: R) -> Option<String> {
    let mut bytes = BytesMut::new();
    let whole = catch_panic(|| {
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
    let is_text = whole.unwrap_or(false) && !bytes.is_empty();
    is_text.then(|| String::from_utf8_lossy(&bytes).into_owned())
}
