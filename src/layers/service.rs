//! The layer that does everything, as one service.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::catch::catch_failure;
use super::future::BackstopFuture;
use crate::backstop::Backstop;
use crate::error::{BoxError, Repr, service_error};
use crate::request::RequestInfo;
use crate::scope::ScopeGuard;

/// The layer of [`Backstop::layer`]; see the [module docs](super).
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct BackstopLayer {
    backstop: Backstop,
}

/// The service of [`BackstopLayer`]: it never fails.
pub struct BackstopService<S> {
    inner: S,
    backstop: Backstop,
    /// Set once `poll_ready` failed: by Tower's contract the inner service is not to be used any more.
    broken: Option<Arc<Repr>>,
}

impl Backstop {
    /// The layer that answers every failure of the service inside it; see [`layers`](crate::layers).
    pub fn layer(&self) -> BackstopLayer {
        BackstopLayer::new(self)
    }
}

impl BackstopLayer {
    pub(super) fn new(backstop: &Backstop) -> Self {
        Self {
            backstop: backstop.clone(),
        }
    }
}

impl<S> Layer<S> for BackstopLayer {
    type Service = BackstopService<S>;

    fn layer(&self, inner: S) -> BackstopService<S> {
        BackstopService {
            inner,
            backstop: self.backstop.clone(),
            broken: None,
        }
    }
}

impl<S, B, R> Service<Request<B>> for BackstopService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Error: Into<BoxError>,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BackstopFuture<S::Future>;

    /// Ready also when the inner service failed to be: the failure is then the answer to the next call.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.broken.is_some() {
            return Poll::Ready(Ok(()));
        }
        self.broken = match catch_failure(|| self.inner.poll_ready(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => None,
            Ok(Poll::Ready(Err(error))) => Some(service_error(error)),
            Err(panic) => Some(panic),
        };
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> BackstopFuture<S::Future> {
        // Filled in place: the futures in here are too large to be moved about.
        let mut future =
            BackstopFuture::new(RequestInfo::without_headers(&request), &self.backstop);
        future.facts.keep_headers(&request, self.backstop.wanted());
        let bound = ScopeGuard::begin(&mut future.slot);
        if cfg!(panic = "abort") && self.backstop.owner().is_listening() {
            bound.provide_request_now(&future.facts);
        }
        let state = &mut future.state;
        let failed = match &self.broken {
            Some(broken) => Some(Arc::clone(broken)),
            None => catch_failure(|| state.run(self.inner.call(request))).err(),
        };
        if let Some(failed) = failed {
            state.fail(failed);
        }
        bound.provide_request(&future.facts);
        drop(bound);
        future
    }
}

impl<S: Clone> Clone for BackstopService<S> {
    /// A clone of the inner service may work where the original is broken.
    fn clone(&self) -> Self {
        Self {
            inner: self.inner.clone(),
            backstop: self.backstop.clone(),
            broken: None,
        }
    }
}

impl<S: fmt::Debug> fmt::Debug for BackstopService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackstopService")
            .field("inner", &self.inner)
            .field("backstop", &self.backstop)
            .finish_non_exhaustive()
    }
}
