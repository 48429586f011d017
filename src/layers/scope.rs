//! The scope layer alone.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::Request;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use crate::backstop::Backstop;
use crate::report::{Bound, Slot};
use crate::request::RequestFacts;

/// Gives each request a [`Scope`](crate::Scope) and passes everything on as it is: answers are the
/// [`ErrorLayer`](super::ErrorLayer)'s. Layers of one Backstop around each other share the scope. The body
/// of the response is not in it, for that is no longer the service's.
///
/// ```
/// use axum::{Router, routing::get};
/// use backstop::{Backstop, Scope, layers::ScopeLayer};
///
/// let backstop = Backstop::production().build()?;
/// let app: Router = Router::new()
///     .route("/", get(|scope: Scope| async move { scope.is_active().to_string() }))
///     .layer(ScopeLayer::new(&backstop));
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until it is put around a service"]
pub struct ScopeLayer {
    backstop: Backstop,
}

/// The service of [`ScopeLayer`].
#[derive(Clone, Debug)]
pub struct ScopeService<S> {
    inner: S,
    backstop: Backstop,
}

impl ScopeLayer {
    /// The scope layer of a Backstop.
    pub fn new(backstop: &Backstop) -> Self {
        Self {
            backstop: backstop.clone(),
        }
    }
}

impl<S> Layer<S> for ScopeLayer {
    type Service = ScopeService<S>;

    fn layer(&self, inner: S) -> ScopeService<S> {
        ScopeService {
            inner,
            backstop: self.backstop.clone(),
        }
    }
}

impl<S: Service<Request<B>>, B> Service<Request<B>> for ScopeService<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = ScopeFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> ScopeFuture<S::Future> {
        let facts = RequestFacts::from_request(&request);
        let mut slot = Some(Slot::new(Arc::clone(self.backstop.owner())));
        let bound = Bound::begin(&mut slot);
        let future = self.inner.call(request);
        bound.know(Some(&facts));
        drop(bound);
        ScopeFuture {
            future,
            facts,
            slot,
        }
    }
}

pin_project! {
    /// The future of [`ScopeService`].
    pub struct ScopeFuture<F> {
        #[pin]
        future: F,
        facts: RequestFacts,
        // Taken while it is bound.
        slot: Option<Slot>,
    }
}

impl<F: Future> Future for ScopeFuture<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let bound = Bound::enter(this.slot);
        let polled = this.future.poll(cx);
        bound.know(Some(this.facts));
        polled
    }
}

impl<F> fmt::Debug for ScopeFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeFuture")
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}
