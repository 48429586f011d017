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

use super::catch::catch_failure_inside;
use super::catch::drop_reporting;
use super::respond;
use super::classify;
use crate::backstop::Backstop;
use crate::error::BoxError;
use crate::panics::CatchGuard;
use crate::error::Failure;
use crate::error::Repr;
use crate::error::Origin;
use crate::error::service_error;
use crate::report::ScopeGuard;
use crate::report::CurrentScope;
use crate::request::RequestInfo;

pin_project! {
    /// The future of [`BackstopService`](super::BackstopService): it ends in a response, whatever happens.
    pub struct BackstopFuture<F> {
        #[pin]
        pub(super) state: State<F>,
        pub(super) facts: RequestInfo,
        // Taken while it is bound.
        pub(super) slot: Option<CurrentScope>,
        backstop: Backstop,
        catches_panics: bool,
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
    pub(super) fn new(facts: RequestInfo, backstop: &Backstop, catches_panics: bool) -> Self {
        Self {
            state: State::Failed { inner: None },
            facts,
            slot: Some(CurrentScope::new(Arc::clone(backstop.owner()))),
            backstop: backstop.clone(),
            catches_panics,
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
        // From the poll on, but not for what this layer lets through.
        let _catching;
        let ended = match this.state.as_mut().project() {
            StateProj::Running { future } => {
                let polled = if *this.catches_panics {
                    _catching = CatchGuard::enter();
                    catch_failure_inside(|| future.poll(cx))
                } else {
                    let polled = future.poll(cx);
                    _catching = CatchGuard::enter();
                    Ok(polled)
                };
                bound.know(Some(&*this.facts));
                match polled {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(result)) => result.map_err(service_error),
                    Err(panic) => Err(panic),
                }
            }
            StateProj::Failed { inner } => {
                _catching = CatchGuard::enter();
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
                let response = settle::settle(this.backstop, this.facts, response);
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
