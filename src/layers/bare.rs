//! The text of a bare response: read if it is there, left alone if it is not.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use axum_core::body::Body;
use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, Response};
use http_body::{Frame, SizeHint};

use super::exchange::Length;
use crate::error::BoxError;
use crate::panics::catch::{catch_panic, drop_catching};

/// The longest text that is read.
const MAX_TEXT: usize = 16 * 1024;
/// The most frames that are read, because a body of empty frames may never end.
const MAX_FRAMES: usize = 256;

/// A bare response of which only the text is needed.
pub(super) struct Bare {
    pub(super) head: Response<()>,
    pub(super) text: Option<String>,
    pub(super) length: Length,
}

/// A response that is bare, or one whose text cannot be read and must be kept.
pub(super) enum Reading {
    Bare(Bare),
    Kept(Response<Body>),
}

/// What was found in a body.
enum Content {
    /// All of it, as text.
    Text(String),
    /// Nothing, or it failed.
    Nothing,
    /// It is not available yet, too long, or not UTF-8.
    Unread,
}

impl Bare {
    /// Takes a bare response apart, and reads its text if that is available without waiting. Below 500, a response
    /// whose text cannot be read (late, too long, or not UTF-8) is kept byte for byte, so that no text is discarded.
    pub(super) fn read<R>(response: Response<R>) -> Reading
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let body = response.body();
        let is_empty = catch_panic(|| body.is_end_stream()).unwrap_or(true);
        let bound = catch_panic(|| body.size_hint().upper()).unwrap_or_default();
        let is_bounded = is_empty || bound.is_some_and(|bound| bound <= MAX_TEXT as u64);
        let is_readable = is_bounded && !is_encoded(response.headers());
        let must_keep = !response.status().is_server_error();
        if must_keep && !(is_readable && is_utf8(response.headers())) {
            return Reading::Kept(response.map(Body::new));
        }
        // Outside axum's router the body of the response to a HEAD is stripped by now, but its length is still there.
        let length = response.headers().get(CONTENT_LENGTH);
        let length = if is_empty && length.is_some_and(|length| length != "0") {
            Length::Unknown
        } else {
            Length::Known
        };
        let (parts, body) = response.into_parts();
        if !is_readable {
            drop_catching(body);
            let head = Response::from_parts(parts, ());
            return Reading::Bare(Self {
                head,
                text: None,
                length,
            });
        }
        let mut body = Replay::new(Body::new(body));
        let text = match catch_panic(|| body.read()).unwrap_or(Content::Nothing) {
            Content::Text(text) => Some(text),
            Content::Unread if must_keep => {
                return Reading::Kept(Response::from_parts(parts, Body::new(body)));
            }
            Content::Unread | Content::Nothing => None,
        };
        drop_catching(body);
        Reading::Bare(Self {
            head: Response::from_parts(parts, ()),
            text,
            length,
        })
    }
}

/// Whether a body is encoded, other than by `identity`.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let mut encodings = headers.get_all(CONTENT_ENCODING).iter();
    encodings.any(|encoding| {
        let mut names = encoding.as_bytes().split(|byte| *byte == b',');
        names.any(|name| {
            let name = name.trim_ascii();
            !name.is_empty() && !name.eq_ignore_ascii_case(b"identity")
        })
    })
}

/// Whether the text is UTF-8, as far as the content type says.
fn is_utf8(headers: &HeaderMap) -> bool {
    let Some(content_type) = headers.get(CONTENT_TYPE) else {
        return true;
    };
    let mut parameters = content_type.as_bytes().split(|byte| *byte == b';').skip(1);
    parameters.all(|parameter| {
        let mut halves = parameter.splitn(2, |byte| *byte == b'=');
        let name = halves.next().unwrap_or_default().trim_ascii();
        let value = halves.next().unwrap_or_default().trim_ascii();
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        let value = value.strip_suffix(b"\"").unwrap_or(value);
        !name.eq_ignore_ascii_case(b"charset")
            || value.is_empty()
            || [&b"utf-8"[..], b"utf8", b"us-ascii"]
                .iter()
                .any(|known| value.eq_ignore_ascii_case(known))
    })
}

/// A body that was read in part, and yields those frames again.
struct Replay {
    read: VecDeque<Frame<Bytes>>,
    rest: Body,
}

impl Replay {
    const fn new(rest: Body) -> Self {
        Self {
            read: VecDeque::new(),
            rest,
        }
    }

    /// Reads the text without waiting, and keeps the frames.
    fn read(&mut self) -> Content {
        let mut bytes = BytesMut::new();
        let mut cx = Context::from_waker(Waker::noop());
        for _ in 0..MAX_FRAMES {
            match http_body::Body::poll_frame(Pin::new(&mut self.rest), &mut cx) {
                Poll::Ready(None) => return text(&bytes),
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(data) = frame.data_ref() {
                        bytes.extend_from_slice(data);
                    }
                    self.read.push_back(frame);
                    if bytes.len() > MAX_TEXT {
                        return Content::Unread;
                    }
                }
                Poll::Ready(Some(Err(_))) => return Content::Nothing,
                Poll::Pending => return Content::Unread,
            }
        }
        Content::Unread
    }
}

fn text(bytes: &[u8]) -> Content {
    const BYTE_ORDER_MARK: &str = "\u{feff}";
    match std::str::from_utf8(bytes) {
        Ok("") => Content::Nothing,
        Ok(text) => {
            let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
            Content::Text(text.to_owned())
        }
        Err(_) => Content::Unread,
    }
}

impl http_body::Body for Replay {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        match self.read.pop_front() {
            Some(frame) => Poll::Ready(Some(Ok(frame))),
            None => http_body::Body::poll_frame(Pin::new(&mut self.rest), cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let read = self.read.iter().filter_map(Frame::data_ref);
        let read: u64 = read.map(|data| data.len() as u64).sum();
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        if let Some(upper) = rest.upper() {
            hint.set_upper(read + upper);
        }
        hint.set_lower(read + rest.lower());
        hint
    }
}
