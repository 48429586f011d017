//! The future of the fused service.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Response, StatusCode};
use pin_project_lite::pin_project;

use super::catch::{catch_failure_inside, drop_reporting};
use super::{classify, respond};
use crate::backstop::Backstop;
use crate::error::{BoxError, Failure, Origin, Repr, service_error};
use crate::panics::depth::CatchGuard;
use crate::request::RequestInfo;
use crate::scope::{CurrentScope, ScopeGuard};

pin_project! {
    /// The future of [`BackstopService`](super::BackstopService): it ends in a response, whatever happens.
    pub struct BackstopFuture<F> {
        #[pin]
        pub(super) state: State<F>,
        pub(super) facts: RequestInfo,
        // Taken while it is bound.
        pub(super) slot: Option<CurrentScope>,
        backstop: Backstop,
    }
}

pin_project! {
    #[project = StateProj]
    pub(super) enum State<F> {
        Running { #[pin] future: F },
        Failed { inner: Option<Arc<Repr>> },
    }
}

impl<F> BackstopFuture<F> {
    /// A future that has neither begun nor failed yet.
    #[inline]
    pub(super) fn new(facts: RequestInfo, backstop: &Backstop) -> Self {
        Self {
            state: State::Failed { inner: None },
            facts,
            slot: Some(CurrentScope::of_request(Arc::clone(backstop.owner()))),
            backstop: backstop.clone(),
        }
    }
}

impl<F> State<F> {
    #[inline]
    pub(super) fn run(&mut self, future: F) {
        *self = Self::Running { future };
    }

    pub(super) fn fail(&mut self, inner: Arc<Repr>) {
        *self = Self::Failed { inner: Some(inner) };
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
        let bound = ScopeGuard::enter(this.slot);
        let _catching = CatchGuard::enter();
        let ended = match this.state.as_mut().project() {
            StateProj::Running { future } => {
                let polled = catch_failure_inside(|| future.poll(cx));
                bound.provide_request(this.facts);
                match polled {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(result)) => result.map_err(service_error),
                    Err(panic) => Err(panic),
                }
            }
            StateProj::Failed { inner } => {
                Err(inner.take().expect("a future is not polled after it ended"))
            }
        };
        // A future that ended or panicked must not be polled again, and here its destructor's panic is caught.
        drop_reporting(
            || this.state.set(State::Failed { inner: None }),
            |panic| {
                if let Ok(response) = &ended {
                    tell_of_drop(this.backstop, this.facts, response.status(), panic);
                }
            },
        );
        let failed = match ended {
            Ok(response) => {
                let response = classify::classify(this.backstop, this.facts, response);
                return Poll::Ready(Ok(response));
            }
            Err(failed) => failed,
        };
        let origin = if failed.is_panic() {
            Origin::Panic
        } else {
            Origin::Service
        };
        let failure = Failure::new(failed, origin, this.backstop.statuses());
        Poll::Ready(Ok(respond::respond(this.backstop, &failure, this.facts)))
    }
}

/// A destructor of the handler's has panicked after the response was made, which stays as it is.
#[cold]
fn tell_of_drop(backstop: &Backstop, facts: &RequestInfo, sent: StatusCode, panic: Arc<Repr>) {
    let failure = Failure::new(panic, Origin::Panic, backstop.statuses());
    backstop.tell(&failure, &mut facts.clone(), Some(sent));
}

impl<F> fmt::Debug for BackstopFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackstopFuture")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}
