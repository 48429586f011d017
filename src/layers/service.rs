//! [`BackstopService`], which never fails.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum_core::body::Body;
use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service;

use super::future::BackstopFuture;
use super::panic_to_error::{catch_failure, convert_error};
use crate::backstop::Backstop;
use crate::error::{BoxError, Repr};
use crate::panics::mark::PanicMark;
use crate::request::RequestInfo;

/// The service of [`BackstopLayer`](super::BackstopLayer): it never fails.
#[must_use = "a service does nothing until it is called"]
pub struct BackstopService<S> {
    inner: S,
    backstop: Backstop,
    /// Why `poll_ready` failed. By Tower's contract the inner service must not be used after that.
    error: Option<Arc<Repr>>,
}

impl<S> BackstopService<S> {
    /// Wraps a service; [`BackstopLayer`](super::BackstopLayer) does the same.
    pub fn new(inner: S, backstop: &Backstop) -> Self {
        Self {
            inner,
            backstop: backstop.clone(),
            error: None,
        }
    }

    /// Returns a reference to the inner service.
    pub const fn get_ref(&self) -> &S {
        &self.inner
    }

    /// Returns a mutable reference to the inner service.
    pub const fn get_mut(&mut self) -> &mut S {
        &mut self.inner
    }

    /// Returns the inner service.
    pub fn into_inner(self) -> S {
        self.inner
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

    /// Becomes ready even if the inner service failed: every later call then responds to that failure.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        if self.error.is_some() {
            return Poll::Ready(Ok(()));
        }
        let since = PanicMark::now();
        self.error = match catch_failure(since, || self.inner.poll_ready(cx)) {
            Ok(Poll::Pending) => return Poll::Pending,
            Ok(Poll::Ready(Ok(()))) => None,
            Ok(Poll::Ready(Err(error))) => Some(convert_error(error, since)),
            Err(panic) => Some(panic),
        };
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> BackstopFuture<S::Future> {
        let mut future =
            BackstopFuture::new(&self.backstop, RequestInfo::without_headers(&request));
        future.keep_headers(&request);
        match &self.error {
            Some(error) => future.fail(Arc::clone(error)),
            None => future.start(&mut self.inner, request),
        }
        future
    }
}

impl<S: Clone> Clone for BackstopService<S> {
    /// A clone of the inner service may work although the original failed.
    fn clone(&self) -> Self {
        Self::new(self.inner.clone(), &self.backstop)
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
