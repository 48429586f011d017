//! Clients that disconnect before their response is complete.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use axum::routing::{MethodRouter, any};
use backstop::stats::Disconnects;
use backstop::{Backstop, BoxError, Error};
use http::Request;
use http::header::CONTENT_LENGTH;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tower::{Layer as _, Service as _, service_fn};

use crate::support::http::{Http, Server, request, serve, serve_handler};
use crate::support::reports::Reports;
use crate::support::services::{Guard, Step, Steps};
use crate::support::subscriber::Log;

const REQUEST: &[u8] = b"GET /orders?token=s3cr3t HTTP/1.1\r\nhost: shop\r\n\r\n";

/// A handler that never responds. The receivers learn when it has begun, and when it is dropped.
fn hangs() -> (MethodRouter, oneshot::Receiver<()>, oneshot::Receiver<()>) {
    let (begun, has_begun) = Guard::new();
    let (guard, is_dropped) = Guard::new();
    let guards = Arc::new(Mutex::new(Some((begun, guard))));
    let handler = any(move || {
        let guards = guards.lock().unwrap().take();
        async move {
            let _guard = guards.map(|(_begun, guard)| guard);
            pending::<()>().await;
        }
    });
    (handler, has_begun, is_dropped)
}

/// A handler whose body takes these steps. The receiver learns when the body is dropped.
fn streams(
    length: Option<u64>,
    steps: impl Fn() -> Vec<Step> + Clone + Send + Sync + 'static,
) -> (MethodRouter, oneshot::Receiver<()>) {
    let (guard, is_dropped) = Guard::new();
    let guard = Arc::new(Mutex::new(Some(guard)));
    let handler = any(move || {
        let body = match guard.lock().unwrap().take() {
            Some(guard) => Steps::guarded(steps(), guard),
            None => Steps::new(steps()),
        };
        let mut response = Response::new(Body::new(body));
        if let Some(length) = length {
            response.headers_mut().insert(CONTENT_LENGTH, length.into());
        }
        async move { response }
    });
    (handler, is_dropped)
}

#[expect(clippy::panic, reason = "what panics is under test")]
async fn panics() {
    panic_any("broken")
}

fn counts(disconnects: Disconnects) -> (u64, u64) {
    (disconnects.before_response(), disconnects.in_body())
}

async fn connect(server: &Server) -> TcpStream {
    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket.write_all(REQUEST).await.unwrap();
    socket
}

#[tokio::test]
async fn a_client_that_leaves_before_the_response_is_counted_and_logged_but_not_reported() {
    let (log, _guard) = Log::start();
    let memory = backstop::reporters::Memory::new();
    let backstop = Backstop::production()
        .reporter(memory.clone())
        .build()
        .unwrap();
    let (handler, has_begun, is_dropped) = hangs();
    let app = Router::new()
        .route("/orders", handler)
        .layer(backstop.layer());
    let server = serve(app).await;
    let socket = connect(&server).await;
    has_begun.await.unwrap();
    drop(socket);
    is_dropped.await.unwrap();
    let stats = backstop.stats();
    assert_eq!(counts(stats.disconnects), (1, 0));
    assert_eq!(stats.reporters[0].captured(), 0);
    let log = log.text();
    assert_eq!(log.lines().count(), 1, "{log}");
    for part in [
        "DEBUG backstop: client disconnected",
        "backstop.awaited=\"head\"",
        "http.request.method=GET",
        "url.path=/orders",
        "http.route=\"/orders\"",
    ] {
        assert!(log.contains(part), "{part}\n{log}");
    }
    assert!(!log.contains("s3cr3t"), "{log}");
}

#[tokio::test]
async fn a_stream_of_http_2_that_is_reset_is_counted() {
    let backstop = Backstop::production().build().unwrap();
    let (handler, has_begun, is_dropped) = hangs();
    let server = serve_handler(&backstop, handler).await;
    tokio::select! {
        _ = server.start(Http::Two, request("GET", "/")) => unreachable!("it never responds"),
        begun = has_begun => begun.unwrap(),
    }
    is_dropped.await.unwrap();
    assert_eq!(counts(backstop.stats().disconnects), (1, 0));
}

#[tokio::test]
async fn a_client_that_leaves_during_the_body_is_counted_apart() {
    let (backstop, reports) = Reports::backstop();
    let (handler, is_dropped) = streams(None, || vec![Step::Data("first"), Step::Hang]);
    let server = serve_handler_at_orders(&backstop, handler).await;
    let mut socket = connect(&server).await;
    let mut received = Vec::new();
    while !received.ends_with(b"first\r\n") {
        socket.read_buf(&mut received).await.unwrap();
    }
    drop(socket);
    is_dropped.await.unwrap();
    assert_eq!(counts(backstop.stats().disconnects), (0, 1));
    assert!(reports.all().is_empty());
}

async fn serve_handler_at_orders(backstop: &Backstop, handler: MethodRouter) -> Server {
    serve(
        Router::new()
            .route("/orders", handler)
            .layer(backstop.layer()),
    )
    .await
}

#[tokio::test]
async fn complete_responses_do_not_count() {
    let (backstop, _) = Reports::backstop();
    let data = || vec![Step::Data("hello"), Step::Rest];
    let trailers = || {
        vec![
            Step::Data("hello"),
            Step::Trailers("x-sum", "1"),
            Step::Hang,
        ]
    };
    for http in Http::BOTH {
        let (handler, _) = streams(None, data);
        let server = serve_handler(&backstop, handler).await;
        assert_eq!(server.get(http, "/").await.text(), "hello");
        server.send(http, request("HEAD", "/")).await;
        let (handler, _) = streams(None, || {
            vec![Step::Data("hello"), Step::Rest, Step::Fail("broken".into())]
        });
        let server = serve_handler(&backstop, handler).await;
        server.get(http, "/").await;
        let server = serve_handler(&backstop, any(|| async { Error::msg("broken") })).await;
        server.get(http, "/").await;
        let server = serve_handler(&backstop, any(panics)).await;
        server.get(http, "/").await;
    }
    assert_eq!(counts(backstop.stats().disconnects), (0, 0));

    // A server does not ask for more than the length that the head has declared, nor for what would follow trailers.
    let (handler, is_dropped) = streams(Some(5), || vec![Step::Data("hello"), Step::Hang]);
    let server = serve_handler(&backstop, handler).await;
    assert_eq!(server.get(Http::One, "/").await.text(), "hello");
    is_dropped.await.unwrap();
    let (handler, is_dropped) = streams(None, trailers);
    let server = serve_handler(&backstop, handler).await;
    assert!(server.get(Http::Two, "/").await.trailers.is_some());
    is_dropped.await.unwrap();
    assert_eq!(counts(backstop.stats().disconnects), (0, 0));
}

#[tokio::test]
async fn nested_layers_of_one_backstop_count_a_client_once() {
    let backstop = Backstop::production().build().unwrap();
    let (handler, has_begun, is_dropped) = hangs();
    let app = Router::new().route("/orders", handler.layer(backstop.layer()));
    let server = serve(app.layer(backstop.layer())).await;
    let socket = connect(&server).await;
    has_begun.await.unwrap();
    drop(socket);
    is_dropped.await.unwrap();
    assert_eq!(counts(backstop.stats().disconnects), (1, 0));

    let (handler, is_dropped) = streams(None, || vec![Step::Data("first"), Step::Hang]);
    let app = Router::new().route("/orders", handler.layer(backstop.layer()));
    let server = serve(app.layer(backstop.layer())).await;
    let mut socket = connect(&server).await;
    socket.read_u8().await.unwrap();
    drop(socket);
    is_dropped.await.unwrap();
    assert_eq!(counts(backstop.stats().disconnects), (1, 1));
}

#[tokio::test]
async fn a_panic_in_a_layer_outside_is_not_a_client_that_left() {
    let backstop = Backstop::production().build().unwrap();
    let hangs = service_fn(|_: Request<Body>| pending::<Result<Response, BoxError>>());
    let mut service = backstop.layer().layer(hangs);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let _future = service.call(request("GET", "/"));
        panic_any("outside");
    }));
    assert!(panicked.is_err());
    assert_eq!(counts(backstop.stats().disconnects), (0, 0));
    drop(service.call(request("GET", "/")));
    assert_eq!(counts(backstop.stats().disconnects), (1, 0));
}
