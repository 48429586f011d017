//! [`Replay`], a body that can be read in part and still be sent whole.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use axum_core::body::Body;
use bytes::{Bytes, BytesMut};
use http_body::{Body as _, Frame, SizeHint};

/// The longest text that is read.
pub(super) const MAX_TEXT: u64 = 16 * 1024;
/// The most frames that are read, because a body of empty frames may never end.
const MAX_FRAMES: usize = 256;

/// A body that was read in part, and yields those frames again.
pub(super) struct Replay {
    read: VecDeque<Result<Frame<Bytes>, axum_core::Error>>,
    rest: Body,
}

/// What was found in a body without waiting.
pub(super) enum Content {
    /// All of it, as text.
    Text(String),
    /// All of it, but it is not UTF-8.
    Bytes,
    /// Nothing.
    Nothing,
    /// It fails.
    Failure,
    /// It is not available yet, or too long.
    Unread,
}

impl Replay {
    pub(super) const fn new(rest: Body) -> Self {
        Self {
            read: VecDeque::new(),
            rest,
        }
    }

    /// Reads the text, and keeps the frames.
    pub(super) fn read(&mut self) -> Content {
        let mut bytes = BytesMut::new();
        for _ in 0..MAX_FRAMES {
            match self.read_frame() {
                Poll::Ready(None) => return text(&bytes),
                Poll::Ready(Some(Ok(frame))) => {
                    if let Some(data) = frame.data_ref() {
                        bytes.extend_from_slice(data);
                    }
                    if bytes.len() as u64 > MAX_TEXT {
                        return Content::Unread;
                    }
                }
                Poll::Ready(Some(Err(()))) => return Content::Failure,
                Poll::Pending => return Content::Unread,
            }
        }
        Content::Unread
    }

    /// Takes the first frame, if that is the whole body, which has this size. Otherwise the frame is sent again.
    pub(super) fn take_whole(&mut self, size: u64) -> Option<Bytes> {
        let Poll::Ready(Some(frame)) = self.poll_rest() else {
            return None;
        };
        let frame = match frame.map(Frame::into_data) {
            Ok(Ok(data)) if data.len() as u64 == size && self.rest.is_end_stream() => {
                return Some(data);
            }
            Ok(Ok(data)) => Ok(Frame::data(data)),
            Ok(Err(frame)) => Ok(frame),
            Err(error) => Err(error),
        };
        self.read.push_back(frame);
        None
    }

    /// Whether the body ends without any data or trailers. Reads no further than the first of them.
    pub(super) fn is_empty(&mut self) -> bool {
        for _ in 0..MAX_FRAMES {
            match self.read_frame() {
                Poll::Ready(None) => return true,
                Poll::Ready(Some(Ok(frame))) if frame.data_ref().is_some_and(Bytes::is_empty) => {}
                Poll::Ready(Some(_)) | Poll::Pending => return false,
            }
        }
        false
    }

    /// Reads one more frame and keeps it, so that it is sent again.
    fn read_frame(&mut self) -> Poll<Option<Result<&Frame<Bytes>, ()>>> {
        self.poll_rest().map(|frame| {
            self.read.push_back(frame?);
            self.read.back().map(|frame| frame.as_ref().map_err(drop))
        })
    }

    /// Polls what was not read yet, without waiting.
    fn poll_rest(&mut self) -> Poll<Option<Result<Frame<Bytes>, axum_core::Error>>> {
        let mut cx = Context::from_waker(Waker::noop());
        let polled = Pin::new(&mut self.rest).poll_frame(&mut cx);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            // It must not be polled again.
            self.rest = Body::empty();
        }
        polled
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
        Err(_) => Content::Bytes,
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
            Some(frame) => Poll::Ready(Some(frame)),
            None => Pin::new(&mut self.rest).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.read.is_empty() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        if self.read.iter().any(Result::is_err) {
            return SizeHint::default();
        }
        let frames = self.read.iter().filter_map(|frame| frame.as_ref().ok());
        let read = frames.filter_map(Frame::data_ref);
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
