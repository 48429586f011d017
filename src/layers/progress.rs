//! How far a response body has come.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, HeaderMap};
use http_body::Frame;

/// How far a response body has come, so that it is known whether a body that is dropped was complete.
///
/// A server drops a body once it has sent as many bytes as `Content-Length` says, or trailers; it does not ask whether
/// more would follow.
#[derive(Clone, Copy, Debug)]
pub(super) struct Progress {
    /// How many bytes the body has, if that is known.
    length: Option<u64>,
    yielded: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    /// Nobody has asked for it: it is never sent, as that of a response to HEAD, or an outer layer has replaced it.
    Untouched,
    Started,
    Ended,
}

impl Progress {
    /// The progress of a body with this exact size, or else with the `Content-Length` of its head.
    pub(super) fn new(size: Option<u64>, headers: &HeaderMap) -> Self {
        let declared = || headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok();
        Self {
            length: size.or_else(declared),
            yielded: 0,
            state: State::Untouched,
        }
    }

    /// Called before the body is polled.
    #[inline]
    pub(super) const fn start(&mut self) {
        if matches!(self.state, State::Untouched) {
            self.state = State::Started;
        }
    }

    #[inline]
    pub(super) fn add(&mut self, frame: &Frame<Bytes>) {
        match frame.data_ref() {
            Some(data) => self.yielded += data.len() as u64,
            None => self.end(),
        }
    }

    #[inline]
    pub(super) const fn end(&mut self) {
        self.state = State::Ended;
    }

    /// Whether the body was started, and more of it was expected.
    pub(super) fn is_incomplete(&self) -> bool {
        self.state == State::Started && self.length.is_none_or(|length| self.yielded < length)
    }
}
