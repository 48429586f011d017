//! The guarded body: failures after the head was sent.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::{Frame, SizeHint};
use pin_project_lite::pin_project;

use super::event_stream::{error_event, is_event_stream};
use super::exchange::Exchange;
use super::panic_to_error::{catch_failure, catch_failure_inside};
use super::progress::Progress;
use super::replay::Replay;
use crate::error::{BoxError, ErrorObject, Origin, RenderedMark, ReportedBy, Repr, service_error};
use crate::panics::catch::catch_panic;
use crate::request::AwaitedPart;
use crate::scope::{CurrentScope, ScopeGuard, scope_of_body};

/// A body of this exact size or less is usually in memory.
const SMALL: u64 = 64 * 1024;

/// What guarding a body needs to know of its response.
#[derive(Clone, Copy)]
struct Guard {
    status: StatusCode,
    sends_error_event: bool,
    progress: Progress,
}

impl Exchange {
    /// Guards the body of a response, unless it is in memory. Requires a
    /// [`CatchGuard`](crate::panics::depth::CatchGuard).
    pub(super) fn guard<R>(&self, response: Response<R>) -> Response<Body>
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let size = catch_failure_inside(self.since, || response.body().size_hint().exact());
        let size = size.ok().flatten();
        let small = size.filter(|size| *size <= SMALL);
        let (status, headers) = (response.status(), response.headers());
        let guard = Guard {
            status,
            sends_error_event: self.backstop.sends_error_events() && is_event_stream(headers),
            progress: Progress::new(size, headers),
        };
        match small {
            None => response.map(|body| self.guarded(body, guard)),
            Some(0) => response.map(Body::new),
            Some(size) => response.map(|body| {
                let mut body = Replay::new(Body::new(body));
                match catch_failure_inside(self.since, || body.take_whole(size)) {
                    Ok(Some(bytes)) => Body::from(bytes),
                    Ok(None) => self.guarded(body, guard),
                    Err(panic) => {
                        let error = Some(self.record_body(status, panic, None));
                        Body::new(FailedBody { error, size })
                    }
                }
            }),
        }
    }

    fn guarded<R>(&self, inner: R, guard: Guard) -> Body
    where
        R: http_body::Body<Data = Bytes> + Send + 'static,
        R::Error: Into<BoxError>,
    {
        let Guard {
            status,
            sends_error_event,
            progress,
        } = guard;
        Body::new(GuardedBody {
            inner: Some(inner),
            scope: Some(scope_of_body(self.backstop.dispatch())),
            exchange: self.clone(),
            status,
            sends_error_event,
            progress,
        })
    }

    /// The error that ends the stream. It is recorded, unless this Backstop has done that already.
    fn body_failed(&self, sent: StatusCode, error: BoxError) -> BoxError {
        let mark = ErrorObject::find(error.as_ref()).and_then(|found| found.rendered.clone());
        match mark {
            Some(mark) if mark.reported_by.contains(self.backstop.number()) => error,
            mark => self.record_body(sent, service_error(error), mark),
        }
    }

    fn record_body(
        &self,
        sent: StatusCode,
        repr: Arc<Repr>,
        mark: Option<RenderedMark>,
    ) -> BoxError {
        let number = self.backstop.number();
        let mut failure = self.failure(Arc::clone(&repr), Origin::Body);
        let mut reported_by = ReportedBy::new(number);
        if let Some(mark) = mark {
            failure = failure.with_id(mark.id);
            reported_by = mark.reported_by;
            reported_by.insert(number);
        }
        // The head was sent: whatever status the error asks for, this is a failure of the server.
        let failure = failure.with_status(StatusCode::INTERNAL_SERVER_ERROR);
        self.record(&failure, Some(sent));
        let mark = RenderedMark {
            id: failure.id(),
            origin: Origin::Body,
            reported_by,
        };
        Box::new(ErrorObject::rendered(repr, mark))
    }
}

/// A body of this size that has failed already.
struct FailedBody {
    error: Option<BoxError>,
    size: u64,
}

impl http_body::Body for FailedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Poll::Ready(self.error.take().map(Err))
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.size)
    }
}

pin_project! {
    /// Ends with an error if the inner body fails or panics, and records it.
    struct GuardedBody<B: http_body::Body> {
        // None once it has failed, because it must not be polled again.
        #[pin]
        inner: Option<B>,
        // None while it is current.
        scope: Option<CurrentScope>,
        exchange: Exchange,
        status: StatusCode,
        // Whether it ends with an event instead of an error.
        sends_error_event: bool,
        progress: Progress,
    }

    impl<B: http_body::Body> PinnedDrop for GuardedBody<B> {
        fn drop(this: Pin<&mut Self>) {
            if this.progress.is_incomplete() && !this.has_ended() {
                this.exchange.client_disconnected(AwaitedPart::Body);
            }
        }
    }
}

impl<B: http_body::Body> GuardedBody<B> {
    fn has_ended(&self) -> bool {
        let inner = self.inner.as_ref();
        inner.is_none_or(|inner| catch_panic(|| inner.is_end_stream()).unwrap_or(false))
    }
}

impl<B> http_body::Body for GuardedBody<B>
where
    B: http_body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let mut this = self.project();
        let Some(inner) = this.inner.as_mut().as_pin_mut() else {
            return Poll::Ready(None);
        };
        this.progress.start();
        let current = ScopeGuard::enter(this.scope);
        let polled = catch_failure(this.exchange.since, || inner.poll_frame(cx));
        current.provide_request(&this.exchange.request);
        let error = match polled {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(None)) => {
                this.progress.end();
                return Poll::Ready(None);
            }
            Ok(Poll::Ready(Some(Ok(frame)))) => {
                this.progress.add(&frame);
                return Poll::Ready(Some(Ok(frame)));
            }
            // The conversion is the application's code.
            Ok(Poll::Ready(Some(Err(error)))) => {
                match catch_failure(this.exchange.since, || error.into()) {
                    Ok(error) => this.exchange.body_failed(*this.status, error),
                    Err(panic) => this.exchange.record_body(*this.status, panic, None),
                }
            }
            Err(panic) => this.exchange.record_body(*this.status, panic, None),
        };
        this.progress.end();
        // Its destructor may panic.
        catch_panic(|| this.inner.set(None));
        if *this.sends_error_event {
            return Poll::Ready(Some(Ok(Frame::data(error_event(&error)))));
        }
        Poll::Ready(Some(Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.has_ended()
    }

    fn size_hint(&self) -> SizeHint {
        let hint = self
            .inner
            .as_ref()
            .map(|inner| catch_panic(|| inner.size_hint()).unwrap_or_default());
        hint.unwrap_or_else(|| SizeHint::with_exact(0))
    }
}
