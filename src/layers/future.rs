//! The future of the fused service.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::Response;
use pin_project_lite::pin_project;

use super::catch::{caught, dropped};
use super::fused::service_error;
use super::{respond, settle};
use crate::backstop::Backstop;
use crate::error::{BoxError, Failure, Inner, Origin};
use crate::report::{Bound, Slot};
use crate::request::RequestFacts;

pin_project! {
    /// The future of [`BackstopService`](super::BackstopService): it ends in a response, whatever happens.
    pub struct BackstopFuture<F> {
        #[pin]
        pub(super) state: State<F>,
        // Taken by whoever answers.
        pub(super) facts: Option<RequestFacts>,
        // Taken while it is bound.
        pub(super) slot: Option<Slot>,
        pub(super) backstop: Backstop,
        pub(super) catches_panics: bool,
    }
}

pin_project! {
    #[project = StateProj]
    pub(super) enum State<F> {
        Running { #[pin] future: F },
        Failed { inner: Option<Arc<Inner>> },
    }
}

impl<F> State<F> {
    pub(super) fn new(called: Result<F, Arc<Inner>>) -> Self {
        match called {
            Ok(future) => Self::Running { future },
            Err(inner) => Self::Failed { inner: Some(inner) },
        }
    }
}

impl<F, R, E> Future for BackstopFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    E: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let bound = Bound::enter(this.slot);
        let failed = match this.state.as_mut().project() {
            StateProj::Running { future } => {
                let polled = if *this.catches_panics {
                    caught(|| future.poll(cx))
                } else {
                    Ok(future.poll(cx))
                };
                bound.know(this.facts.as_ref());
                match polled {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(Ok(response))) => {
                        let facts = this.facts.take().expect(POLLED_AGAIN);
                        return Poll::Ready(Ok(settle::settle(this.backstop, facts, response)));
                    }
                    Ok(Poll::Ready(Err(error))) => service_error(error),
                    Err(panic) => panic,
                }
            }
            StateProj::Failed { inner } => inner.take().expect(POLLED_AGAIN),
        };
        // A future that panicked must not be polled again, and here its destructor's panic is caught.
        dropped(|| this.state.set(State::Failed { inner: None }));
        let facts = this.facts.take().expect(POLLED_AGAIN);
        let origin = if failed.is_panic() {
            Origin::Panic
        } else {
            Origin::Service
        };
        let failure = Failure::new(failed, origin, this.backstop.statuses());
        Poll::Ready(Ok(respond::respond(this.backstop, &failure, &facts)))
    }
}

const POLLED_AGAIN: &str = "a future is not polled after it ended";

impl<F> fmt::Debug for BackstopFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackstopFuture")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}
