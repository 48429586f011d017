//! [`BackstopFuture`], which always ends with a response.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use pin_project_lite::pin_project;
use tower_service::Service;

use super::exchange::Exchange;
use super::panic_to_error::{catch_failure, catch_failure_inside, convert_error};
use crate::backstop::Backstop;
use crate::error::{BoxError, Origin, Repr};
use crate::panics::depth::CatchGuard;
use crate::panics::mark::PanicMark;
use crate::request::{AwaitedPart, RequestInfo};
use crate::scope::{CurrentScope, ScopeGuard};

pin_project! {
    /// The future of [`BackstopService`](super::BackstopService): it always ends with a response.
    pub struct BackstopFuture<F> {
        #[pin]
        state: State<F>,
        exchange: Exchange,
        // None while it is current.
        scope: Option<CurrentScope>,
    }

    impl<F> PinnedDrop for BackstopFuture<F> {
        fn drop(this: Pin<&mut Self>) {
            if matches!(this.state, State::Running { .. }) {
                this.exchange.client_disconnected(AwaitedPart::Head);
            }
        }
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F> {
        // The inner service has not been called yet.
        Unstarted,
        Running { #[pin] future: F },
        // The inner service failed before it returned a future.
        Failed { error: Arc<Repr> },
        Done,
    }
}

impl<F> BackstopFuture<F> {
    /// Creates a future that has not started yet. It is filled in place, because the inner future may be too large to
    /// move.
    #[inline]
    pub(super) fn new(backstop: &Backstop, request: RequestInfo) -> Self {
        Self {
            state: State::Unstarted,
            scope: Some(CurrentScope::of_request(Arc::clone(backstop.dispatch()))),
            exchange: Exchange {
                backstop: backstop.clone(),
                request,
                since: PanicMark::now(),
                is_nested: false,
            },
        }
    }

    /// Keeps the headers of the request that the Backstop captures.
    #[inline]
    pub(super) fn keep_headers<B>(&mut self, request: &Request<B>) {
        let Exchange {
            backstop,
            request: info,
            ..
        } = &mut self.exchange;
        info.keep_headers(request, backstop.captured());
    }

    /// Calls the inner service, in the scope of the request.
    #[inline]
    pub(super) fn start<S, B>(&mut self, inner: &mut S, request: Request<B>)
    where
        S: Service<Request<B>, Future = F>,
    {
        let Exchange {
            backstop,
            request: info,
            since,
            is_nested,
        } = &mut self.exchange;
        let current = ScopeGuard::begin(&mut self.scope);
        *is_nested = !current.is_bound();
        if cfg!(panic = "abort") && backstop.dispatch().is_listening() {
            current.provide_request_now(info);
        }
        let state = &mut self.state;
        let called = catch_failure(*since, || {
            let future = inner.call(request);
            *state = State::Running { future };
        });
        if let Err(error) = called {
            self.state = State::Failed { error };
        }
        current.provide_request(info);
    }

    /// Fails without calling the inner service.
    pub(super) fn fail(&mut self, error: Arc<Repr>) {
        self.state = State::Failed { error };
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

    #[expect(clippy::panic, reason = "a future must not be polled after completion")]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let exchange = &*this.exchange;
        let current = ScopeGuard::enter(this.scope);
        let _catching = CatchGuard::enter();
        let result = match this.state.as_mut().project() {
            StateProj::Running { future } => {
                let polled = catch_failure_inside(exchange.since, || future.poll(cx));
                current.provide_request(&exchange.request);
                match polled {
                    Ok(Poll::Pending) => return Poll::Pending,
                    Ok(Poll::Ready(result)) => {
                        result.map_err(|error| convert_error(error, exchange.since))
                    }
                    Err(panic) => Err(panic),
                }
            }
            StateProj::Failed { error } => Err(Arc::clone(error)),
            StateProj::Unstarted | StateProj::Done => {
                panic!("`BackstopFuture` polled after completion")
            }
        };
        // A future that completed or panicked must not be polled again. Dropped here, its destructor may panic safely.
        let dropped = catch_failure_inside(exchange.since, || this.state.set(State::Done));
        if let (Err(panic), Ok(response)) = (dropped, &result) {
            record_drop(exchange, response.status(), panic);
        }
        Poll::Ready(Ok(match result {
            Ok(response) => exchange.classify(response),
            Err(error) => exchange.fail(error),
        }))
    }
}

/// Records a panic in a destructor of the handler. Its response was made before, and stays as it is.
#[cold]
fn record_drop(exchange: &Exchange, sent: StatusCode, panic: Arc<Repr>) {
    let failure = exchange.failure(panic, Origin::Panic);
    exchange.record(&failure, Some(sent));
}

impl<F> fmt::Debug for BackstopFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackstopFuture")
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}
