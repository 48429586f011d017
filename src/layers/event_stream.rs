//! Server-sent events: the last event of a stream that fails.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, StatusCode};

use crate::error::{BoxError, ErrorObject};
use crate::problem::Problem;

/// Whether a body is a stream of events, to which one can be added.
pub(super) fn is_event_stream(headers: &HeaderMap) -> bool {
    let essence = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.as_bytes().split(|byte| *byte == b';').next());
    essence.is_some_and(|it| it.trim_ascii().eq_ignore_ascii_case(b"text/event-stream"))
        && !headers.contains_key(CONTENT_ENCODING)
        && !headers.contains_key(CONTENT_LENGTH)
}

/// The event `error`, whose data is a problem with the id of the failure that ends the stream. The blank line before it
/// ends an event that was sent in part.
pub(super) fn error_event(error: &BoxError) -> Bytes {
    let mut problem = Problem::new(StatusCode::INTERNAL_SERVER_ERROR);
    let mark = ErrorObject::find(error.as_ref()).and_then(|object| object.rendered.as_ref());
    if let Some(mark) = mark {
        problem.set_instance(mark.id.urn().to_string());
    }
    let mut event = b"\n\nevent: error\ndata: ".to_vec();
    event.extend(problem.to_json());
    event.extend(b"\n\n");
    event.into()
}
