//! Whether a small body is in memory, so that it cannot fail any more.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use axum_core::body::Body;
use bytes::Bytes;
use http_body::{Frame, SizeHint};

use super::panic_to_error::catch_failure_inside;
use crate::error::Repr;
use crate::panics::mark::PanicMark;

type Polled = Option<Result<Frame<Bytes>, axum_core::Error>>;

/// What the first poll of a body shows.
pub(super) enum Peek {
    /// All of it was there.
    Whole(Bytes),
    /// More is to come.
    Started(Peeked),
    Panicked(Arc<Repr>),
}

impl Peek {
    /// Polls a body of this size once. Requires a [`CatchGuard`](crate::panics::depth::CatchGuard).
    pub(super) fn at(mut body: Body, size: u64, since: PanicMark) -> Self {
        let mut cx = Context::from_waker(Waker::noop());
        let mut poll = || {
            let polled = http_body::Body::poll_frame(Pin::new(&mut body), &mut cx);
            let is_end =
                matches!(polled, Poll::Ready(Some(Ok(_)))) && http_body::Body::is_end_stream(&body);
            (polled, is_end)
        };
        let (polled, is_end) = match catch_failure_inside(since, &mut poll) {
            Ok(polled) => polled,
            Err(panic) => return Self::Panicked(panic),
        };
        let first = match polled {
            Poll::Pending => None,
            Poll::Ready(Some(Ok(frame))) if is_end => match frame.into_data() {
                Ok(data) if data.len() as u64 == size => return Self::Whole(data),
                Ok(data) => Some(Some(Ok(Frame::data(data)))),
                Err(frame) => Some(Some(Ok(frame))),
            },
            Poll::Ready(polled) => Some(polled),
        };
        Self::Started(Peeked { first, rest: body })
    }
}

/// A body that was polled once, and yields that frame again.
pub(super) struct Peeked {
    first: Option<Polled>,
    rest: Body,
}

impl http_body::Body for Peeked {
    type Data = Bytes;
    type Error = axum_core::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Polled> {
        match self.first.take() {
            Some(polled) => Poll::Ready(polled),
            None => http_body::Body::poll_frame(Pin::new(&mut self.rest), cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.first.is_none() && self.rest.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let first = match &self.first {
            Some(Some(Ok(frame))) => frame.data_ref().map_or(0, Bytes::len) as u64,
            _ => 0,
        };
        let rest = self.rest.size_hint();
        let mut hint = SizeHint::new();
        if let Some(upper) = rest.upper() {
            hint.set_upper(first + upper);
        }
        hint.set_lower(first + rest.lower());
        hint
    }
}
