//! Things that fail.
#![expect(clippy::panic, reason = "what panics is under test")]

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use backstop::BoxError;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use http_body::{Frame, SizeHint};
use tower::Service;

/// What a body does, step by step.
pub(crate) enum Step {
    Data(&'static str),
    /// Pending once.
    Rest,
    /// Pending for good.
    Hang,
    Trailers(&'static str, &'static str),
    Fail(BoxError),
    Panic,
}

/// A body of unknown length that takes these steps.
pub(crate) struct Steps {
    steps: VecDeque<Step>,
    /// Dropped with the body.
    _guard: Option<Guard>,
}

impl Steps {
    pub(crate) fn new(steps: impl IntoIterator<Item = Step>) -> Self {
        Self {
            steps: steps.into_iter().collect(),
            _guard: None,
        }
    }

    pub(crate) fn guarded(steps: impl IntoIterator<Item = Step>, guard: Guard) -> Self {
        Self {
            _guard: Some(guard),
            ..Self::new(steps)
        }
    }
}

impl http_body::Body for Steps {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match self.steps.pop_front() {
            None => return Poll::Ready(None),
            Some(Step::Rest) => {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Step::Hang) => {
                self.steps.push_front(Step::Hang);
                return Poll::Pending;
            }
            Some(Step::Panic) => panic_any("s3cr3t"),
            Some(Step::Fail(error)) => return Poll::Ready(Some(Err(error))),
            Some(Step::Data(text)) => Frame::data(Bytes::from_static(text.as_bytes())),
            Some(Step::Trailers(name, value)) => {
                let mut trailers = HeaderMap::new();
                trailers.insert(name, HeaderValue::from_static(value));
                Frame::trailers(trailers)
            }
        };
        Poll::Ready(Some(Ok(frame)))
    }
}

/// A body with a chosen size hint and end of stream, which panics when it is polled.
pub(crate) struct Claims {
    pub(crate) is_end_stream: bool,
    pub(crate) size_hint: SizeHint,
}

impl http_body::Body for Claims {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        panic_any("polled")
    }

    fn is_end_stream(&self) -> bool {
        self.is_end_stream
    }

    fn size_hint(&self) -> SizeHint {
        self.size_hint
    }
}

/// What `poll_ready` does.
pub(crate) type PollReady = fn() -> Poll<Result<(), BoxError>>;

/// A service that is never ready, in one way or another, and counts how often it is called all the same.
#[derive(Clone)]
pub(crate) struct Unready {
    poll: PollReady,
    pub(crate) calls: Arc<AtomicUsize>,
}

impl Unready {
    pub(crate) fn new(poll: PollReady) -> Self {
        Self {
            poll,
            calls: Arc::default(),
        }
    }
}

impl<B> Service<http::Request<B>> for Unready {
    type Response = Response;
    type Error = BoxError;
    type Future = std::future::Ready<Result<Response, BoxError>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        (self.poll)()
    }

    fn call(&mut self, _request: http::Request<B>) -> Self::Future {
        self.calls.fetch_add(1, Ordering::SeqCst);
        std::future::ready(Ok(Response::new(Body::from("called"))))
    }
}

/// A service whose `call` panics.
#[derive(Clone)]
pub(crate) struct PanicsInCall(pub(crate) fn());

impl Service<Request> for PanicsInCall {
    type Response = Response;
    type Error = Infallible;
    type Future = std::future::Pending<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _request: Request) -> Self::Future {
        (self.0)();
        std::future::pending()
    }
}

/// A future that panics, and then once more when it is dropped.
pub(crate) struct PanicsTwice;

impl Future for PanicsTwice {
    type Output = Result<Response, BoxError>;

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Self::Output> {
        panic_any("s3cr3t in poll")
    }
}

impl Drop for PanicsTwice {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic_any("s3cr3t in drop");
        }
    }
}

/// Panics when it is dropped, with itself once more as the payload as long as there is fuel.
pub(crate) struct Bomb(pub(crate) u32);

impl Drop for Bomb {
    fn drop(&mut self) {
        if self.0 > 0 && !std::thread::panicking() {
            panic_any(Self(self.0 - 1));
        }
    }
}

/// Panics in its destructor, and catches that.
pub(crate) struct CatchesItsOwnPanic;

impl Drop for CatchesItsOwnPanic {
    fn drop(&mut self) {
        let caught = catch_unwind(AssertUnwindSafe(|| panic_any("second")));
        assert!(caught.is_err());
    }
}

/// Notifies its receiver when it is dropped.
pub(crate) struct Guard(Option<tokio::sync::oneshot::Sender<()>>);

impl Guard {
    pub(crate) fn new() -> (Self, tokio::sync::oneshot::Receiver<()>) {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        (Self(Some(sender)), receiver)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(sender) = self.0.take() {
            let _ = sender.send(());
        }
    }
}
