//! The panic layer alone.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::catch::{caught_untold, dropped};
use crate::error::{self, BoxError, Inner};

/// Turns a panic in `poll_ready`, `call` or `poll` into a bare 500 that carries the failure to an error
/// layer around it; without one the response is safe as it is.
///
/// ```
/// use axum::{Router, routing::get};
/// use backstop::layers::CatchPanicLayer;
///
/// let app: Router = Router::new()
///     .route("/", get(|| async { panic!("s3cr3t") as () }))
///     .layer(CatchPanicLayer::new());
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct CatchPanicLayer {
    _private: (),
}

/// The service of [`CatchPanicLayer`].
pub struct CatchPanic<S> {
    inner: S,
    broken: Option<Arc<Inner>>,
}

impl CatchPanicLayer {
    /// The layer.
    pub const fn new() -> Self {
        Self { _private: () }
    }
}

impl<S> Layer<S> for CatchPanicLayer {
    type Service = CatchPanic<S>;

    fn layer(&self, inner: S) -> CatchPanic<S> {
        CatchPanic {
            inner,
            broken: None,
        }
    }
}

impl<S, B, R> Service<Request<B>> for CatchPanic<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = CatchPanicFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        if self.broken.is_some() {
            return Poll::Ready(Ok(()));
        }
        caught_untold(|| self.inner.poll_ready(cx)).unwrap_or_else(|panic| {
            self.broken = Some(panic);
            Poll::Ready(Ok(()))
        })
    }

    fn call(&mut self, request: Request<B>) -> CatchPanicFuture<S::Future> {
        let called = match &self.broken {
            Some(broken) => Err(Arc::clone(broken)),
            None => caught_untold(|| self.inner.call(request)),
        };
        CatchPanicFuture {
            state: match called {
                Ok(future) => State::Running { future },
                Err(panic) => State::Panicked { panic: Some(panic) },
            },
        }
    }
}

pin_project! {
    /// The future of [`CatchPanic`].
    pub struct CatchPanicFuture<F> {
        #[pin]
        state: State<F>,
    }
}

pin_project! {
    #[project = StateProj]
    enum State<F> {
        Running { #[pin] future: F },
        Panicked { panic: Option<Arc<Inner>> },
    }
}

impl<F, R, E> Future for CatchPanicFuture<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let ended = match this.state.as_mut().project() {
            StateProj::Running { future } => match caught_untold(|| future.poll(cx)) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(result)) => result.map(|response| response.map(Body::new)),
                Err(panic) => Ok(error::respond(panic)),
            },
            StateProj::Panicked { panic } => Ok(error::respond(
                panic.take().expect("a future is not polled after it ended"),
            )),
        };
        // It must not be polled again, and here its destructor's panic is caught.
        dropped(|| this.state.set(State::Panicked { panic: None }));
        Poll::Ready(ended)
    }
}

impl<S: Clone> Clone for CatchPanic<S> {
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            broken: None,
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for CatchPanic<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatchPanic")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl<F> fmt::Debug for CatchPanicFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CatchPanicFuture").finish_non_exhaustive()
    }
}
