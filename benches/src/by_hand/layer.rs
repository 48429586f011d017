//! A layer that catches panics, renders what failed, logs it and queues it.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::MatchedPath;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::header::ACCEPT;
use http::{HeaderValue, Method, Request, StatusCode, Uri};
use pin_project_lite::pin_project;
use tower::{Layer, Service};
use uuid::Uuid;

use super::render;

/// The layer that only catches and renders.
pub fn layer() -> ByHand {
    ByHand {
        queue: None,
        is_logged: false,
    }
}

/// A handler whose error the layer renders.
pub fn failing(layer: ByHand, status: StatusCode) -> Router {
    let handler = move || async move { Err::<(), _>(AppError::new(status, "no order 7")) };
    Router::new()
        .route("/orders/{id}", get(handler))
        .layer(layer)
}

#[derive(Clone)]
pub struct ByHand {
    queue: Option<Queue>,
    is_logged: bool,
}

type Queue = Arc<Mutex<VecDeque<Box<Captured>>>>;

/// What a report would be made of.
#[expect(dead_code, reason = "nothing reports it")]
struct Captured {
    id: Uuid,
    request: RequestInfo,
    error: Arc<AppError>,
}

struct RequestInfo {
    method: Method,
    uri: Uri,
    route: Option<MatchedPath>,
    accept: Option<HeaderValue>,
}

/// The handler's error, which travels to the layer in the response's extensions.
struct AppError {
    status: StatusCode,
    message: String,
}

impl ByHand {
    /// Queues every error for a thread that empties the queue.
    pub fn queued(mut self) -> Self {
        let queue = Queue::default();
        let drained = Arc::clone(&queue);
        std::thread::spawn(move || {
            loop {
                std::thread::sleep(Duration::from_millis(1));
                let batch: Vec<_> = drained.lock().expect("no panics").drain(..).collect();
                drop(batch);
            }
        });
        self.queue = Some(queue);
        self
    }

    /// Logs every error with the fields that Backstop's record has.
    pub fn logged(mut self) -> Self {
        self.is_logged = true;
        self
    }

    fn respond(&self, request: RequestInfo, error: Arc<AppError>) -> Response {
        let id = render::new_id();
        let detail = error.status.is_client_error().then_some(&*error.message);
        let response = render::render(id, error.status, detail, request.accept.as_ref());
        if self.is_logged {
            log(id, &request, &error);
        }
        if let Some(queue) = &self.queue {
            let captured = Box::new(Captured { id, request, error });
            queue.lock().expect("no panics").push_back(captured);
        }
        response
    }
}

fn log(id: Uuid, request: &RequestInfo, error: &AppError) {
    tracing::error!(
        backstop.id = %id.hyphenated(),
        error.type = "AppError",
        backstop.origin = "handler",
        exception.message = %error.message,
        exception.stacktrace = %error.message,
        http.request.method = %request.method,
        url.path = %request.uri.path(),
        http.route = request.route.as_ref().map(MatchedPath::as_str),
        http.response.status_code = error.status.as_u16(),
        "request failed"
    );
}

impl RequestInfo {
    fn new(request: &Request<Body>) -> Self {
        Self {
            method: request.method().clone(),
            uri: request.uri().clone(),
            route: request.extensions().get::<MatchedPath>().cloned(),
            accept: request.headers().get(ACCEPT).cloned(),
        }
    }
}

impl AppError {
    fn new(status: StatusCode, message: &str) -> Self {
        Self {
            status,
            message: message.to_owned(),
        }
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl<S> Layer<S> for ByHand {
    type Service = ByHandService<S>;

    fn layer(&self, inner: S) -> ByHandService<S> {
        ByHandService {
            inner,
            layer: self.clone(),
        }
    }
}

#[derive(Clone)]
pub struct ByHandService<S> {
    inner: S,
    layer: ByHand,
}

impl<S> Service<Request<Body>> for ByHandService<S>
where
    S: Service<Request<Body>, Response = Response, Error = Infallible>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = ByHandFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> ByHandFuture<S::Future> {
        let info = RequestInfo::new(&request);
        ByHandFuture {
            request: Some(info),
            layer: self.layer.clone(),
            inner: catch_unwind(AssertUnwindSafe(|| self.inner.call(request))).ok(),
        }
    }
}

pin_project! {
    pub struct ByHandFuture<F> {
        request: Option<RequestInfo>,
        layer: ByHand,
        #[pin]
        inner: Option<F>,
    }
}

impl<F> Future for ByHandFuture<F>
where
    F: Future<Output = Result<Response, Infallible>>,
{
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let inner = this.inner.as_pin_mut();
        let polled = inner.and_then(|inner| catch_unwind(AssertUnwindSafe(|| inner.poll(cx))).ok());
        let error = match polled {
            Some(Poll::Pending) => return Poll::Pending,
            Some(Poll::Ready(Ok(mut response))) => {
                match response.extensions_mut().remove::<Arc<AppError>>() {
                    Some(error) => error,
                    None => return Poll::Ready(Ok(response)),
                }
            }
            None => Arc::new(AppError::new(StatusCode::INTERNAL_SERVER_ERROR, "a panic")),
        };
        let request = this.request.take().expect("it is ready only once");
        Poll::Ready(Ok(this.layer.respond(request, error)))
    }
}
