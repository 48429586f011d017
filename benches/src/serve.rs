//! Sending a row's requests, as hyper would.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use http_body::Body as _;
use tower::Service as _;

use crate::apps;
use crate::row::{Asked, PROBLEM, Row, Thread};

/// Sends so many requests.
pub fn serve(row: &Row, requests: u64) {
    let mut send = sender(row);
    for number in 1..=requests {
        consume(send());
        // Under valgrind one thread runs at a time. Here the others have their turn, or the queue would grow as it
        // would not on a real machine.
        if number.is_multiple_of(50) {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    if row.thread == Thread::Worker {
        while apps::delivered() < requests {
            std::thread::sleep(Duration::from_millis(1));
        }
    }
    // The end of the app, with what is still queued, belongs to no request.
    std::mem::forget(send);
}

/// The same by the clock.
pub fn time(row: &Row, requests: usize) -> Vec<Duration> {
    let mut send = sender(row);
    let timed = |_| {
        let start = Instant::now();
        consume(send());
        start.elapsed()
    };
    (0..requests).map(timed).collect()
}

/// The response as a text, in which the id is masked.
pub fn show(row: &Row) -> String {
    let (parts, body) = sender(row)().into_parts();
    let mut lines: Vec<String> = parts
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().expect("a text")))
        .collect();
    lines.sort();
    let body = String::from_utf8(bytes(body)).expect("a text");
    let text = format!("{}\n{}\n\n{body}", parts.status, lines.join("\n"));
    match parts.headers.get("x-error-id") {
        Some(id) => text.replace(id.to_str().expect("a text"), "…"),
        None => text,
    }
}

fn sender(row: &Row) -> impl FnMut() -> Response<Body> {
    let head = Head::new(row.request);
    // As `axum::serve` does: without it the handlers would be built anew for every request.
    let app: Router = (row.app)().with_state(());
    let mut app = app.into_service::<Body>();
    move || {
        let response: Result<_, Infallible> = ready(app.call(head.request()));
        let Ok(response) = response;
        response
    }
}

fn consume(response: Response<Body>) {
    let mut body = pin!(response.into_body());
    while let Some(Ok(frame)) = ready(std::future::poll_fn(|cx| body.as_mut().poll_frame(cx))) {
        std::hint::black_box(frame);
    }
}

/// The bytes of a body that is there at once.
pub fn bytes(body: Body) -> Vec<u8> {
    let mut body = pin!(body);
    let mut all = Vec::new();
    while let Some(Ok(frame)) = ready(std::future::poll_fn(|cx| body.as_mut().poll_frame(cx))) {
        all.extend(frame.into_data().unwrap_or_default());
    }
    all
}

/// The output of a future that never waits.
pub fn ready<F: Future>(future: F) -> F::Output {
    let mut cx = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut cx) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing here waits"),
    }
}

/// The head of a request in one buffer, of which URI and values are slices. That is how hyper builds them: to clone one
/// increments a counter and does not allocate.
pub struct Head {
    method: Method,
    uri: Bytes,
    headers: Vec<(HeaderName, Bytes)>,
    body: &'static [u8],
}

impl Head {
    pub fn new(asked: Asked) -> Self {
        let (method, accept, body) = match asked {
            Asked::Get(accept) => (Method::GET, accept.to_owned(), ""),
            Asked::Weighted(types) => (Method::GET, weighted(types), ""),
            Asked::Post(body) => (Method::POST, PROBLEM.to_owned(), body),
        };
        let mut lines = vec![
            ("host", "127.0.0.1:3000"),
            (
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            ),
            ("accept", accept.as_str()),
            ("accept-language", "en-US,en;q=0.5"),
            ("accept-encoding", "gzip, deflate, br, zstd"),
            ("connection", "keep-alive"),
            ("cookie", "session=0123456789abcdef"),
        ];
        if method == Method::POST {
            lines.push(("content-type", "application/json"));
        }
        let values = lines.iter().map(|(_, value)| *value);
        let (mut text, mut spans) = (String::new(), Vec::new());
        for part in std::iter::once("/orders/7?full=1").chain(values) {
            let start = text.len();
            text.push_str(part);
            spans.push(start..text.len());
        }
        let buffer = Bytes::from(text.into_bytes());
        let mut slices = spans.into_iter().map(|span| buffer.slice(span));
        let uri = slices.next().expect("the path");
        let names = lines.iter().map(|(name, _)| HeaderName::from_static(name));
        Self {
            method,
            uri,
            headers: names.zip(slices).collect(),
            body: body.as_bytes(),
        }
    }

    pub fn request(&self) -> Request<Body> {
        let body = if self.body.is_empty() {
            Body::empty()
        } else {
            Body::from(Bytes::from_static(self.body))
        };
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = Uri::from_maybe_shared(self.uri.clone()).expect("a path");
        let headers = request.headers_mut();
        headers.reserve(self.headers.len());
        for (name, value) in &self.headers {
            headers.append(
                name,
                HeaderValue::from_maybe_shared(value.clone()).expect("a value"),
            );
        }
        request
    }
}

fn weighted(types: usize) -> String {
    let mut accept: Vec<String> = (1..types)
        .map(|number| format!("application/x-type-{number:02};q=0.5"))
        .collect();
    accept.push(format!("{PROBLEM};q=0.5"));
    accept.join(", ")
}
