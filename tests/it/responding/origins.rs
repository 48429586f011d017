//! Every way in which a request can fail, on axum, over a socket, in both versions of HTTP.

#![expect(clippy::panic, reason = "what panics is under test")]

use std::panic::panic_any;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Extension, Path, Query, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, post};
use axum::{Json, Router};
use backstop::layers::Passthrough;
use backstop::{BoxError, Error};
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use http_body::{Body as _, SizeHint};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};
use tower::buffer::Buffer;
use tower::timeout::TimeoutLayer;
use tower::{Layer as _, ServiceBuilder, service_fn};
use tower_http::auth::AsyncRequireAuthorizationLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::support::http::{Http, request, serve, serve_handler};
use crate::support::recorder::Recorder;
use crate::support::services::{
    Bomb, CatchesItsOwnPanic, Claims, Guard, PanicsInCall, PanicsTwice, PollReady, Step, Steps,
    Unready,
};

// 1. A handler's `Err`.

#[tokio::test]
async fn a_handlers_error_becomes_a_response_with_all_that_it_says() {
    let (recorder, backstop) = Recorder::production();
    let handler = || async {
        let error = Error::msg("only 2 left")
            .with_status(StatusCode::CONFLICT)
            .with_code("OUT_OF_STOCK")
            .with_details(json!({"left": 2}))
            .with_header(header::RETRY_AFTER, HeaderValue::from_static("60"));
        Err::<(), _>(error)
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.status, 409);
        let problem = reply.problem();
        assert_eq!(problem["detail"], "only 2 left");
        assert_eq!(problem["code"], "OUT_OF_STOCK");
        assert_eq!(problem["details"], json!({"left": 2}));
        assert_eq!(reply.header("retry-after"), Some("60"));
        recorder.assert_only(&reply, "handler", "only 2 left");
    }
}

#[tokio::test]
async fn a_handlers_500_is_hidden_from_the_client_and_reported_in_full() {
    let (recorder, backstop) = Recorder::production();
    let handler =
        || async { Err::<(), _>(Error::msg("s3cr3t").with_context("loading the s3cr3t")) };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        reply.assert_hidden(500, "Internal Server Error");
        recorder.assert_only(&reply, "handler", "loading the s3cr3t");
    }
}

#[tokio::test]
async fn without_the_layer_a_handlers_error_is_still_safe_and_sane() {
    let app = Router::new()
        .route("/500", get(|| async { Err::<(), _>(Error::msg("s3cr3t")) }))
        .route(
            "/404",
            get(|| async {
                Err::<(), _>(Error::msg("no such order").with_status(StatusCode::NOT_FOUND))
            }),
        )
        .route(
            "/framed",
            get(|| async {
                let error = Error::msg("no such order")
                    .with_status(StatusCode::NOT_FOUND)
                    .with_header(header::CONTENT_LENGTH, HeaderValue::from_static("3"))
                    .with_header(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))
                    .with_header(header::TRANSFER_ENCODING, HeaderValue::from_static("gzip"));
                Err::<(), _>(error)
            }),
        );
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/500").await;
        assert_eq!(reply.status, 500);
        assert_eq!(
            reply.text(),
            r#"{"title":"Internal Server Error","status":500}"#
        );
        for path in ["/404", "/framed"] {
            let reply = server.get(http, path).await;
            assert_eq!(reply.status, 404);
            assert_eq!(
                reply.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(
                reply.text(),
                r#"{"title":"Not Found","status":404,"detail":"no such order"}"#
            );
        }
    }
}

// 2. A service's error.

#[tokio::test(start_paused = true)]
async fn a_timeout_of_tower_is_a_504() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/", get(std::future::pending::<()>))
        .layer(
            ServiceBuilder::new()
                .layer(backstop.layer())
                .layer(TimeoutLayer::new(Duration::from_secs(5))),
        );
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        reply.assert_hidden(504, "Gateway Timeout");
        recorder.assert_only(&reply, "service", "request timed out");
    }
}

/// A handler that announces each call and then waits until it is released.
fn blocking_route() -> (MethodRouter, mpsc::Receiver<()>, Arc<Notify>) {
    let (started, starts) = mpsc::channel(1);
    let release = Arc::new(Notify::new());
    let released = Arc::clone(&release);
    let handler = move || async move {
        started.send(()).await.expect("the test receives it");
        released.notified().await;
        "done"
    };
    (get(handler), starts, release)
}

#[tokio::test]
async fn a_shed_load_is_a_503_with_retry_after() {
    let (recorder, backstop) = Recorder::production();
    let (route, mut starts, release) = blocking_route();
    let app = Router::new().route("/", route).layer(
        ServiceBuilder::new()
            .layer(backstop.layer())
            .load_shed()
            .concurrency_limit(1),
    );
    let server = Arc::new(serve(app).await);
    for http in Http::BOTH {
        let first = tokio::spawn({
            let server = Arc::clone(&server);
            async move { server.get(http, "/").await }
        });
        starts.recv().await.unwrap();
        let reply = server.get(http, "/").await;
        reply.assert_hidden(503, "Service Unavailable");
        assert_eq!(reply.header("retry-after"), Some("1"));
        recorder.assert_only(&reply, "service", "service overloaded");
        release.notify_one();
        assert_eq!(first.await.unwrap().text(), "done");
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn a_concurrency_limit_alone_delays_requests_and_fails_none() {
    let (recorder, backstop) = Recorder::production();
    let (route, mut starts, release) = blocking_route();
    let app = Router::new().route("/", route).layer(
        ServiceBuilder::new()
            .layer(backstop.layer())
            .concurrency_limit(1),
    );
    let server = Arc::new(serve(app).await);
    for http in Http::BOTH {
        let send = || {
            let server = Arc::clone(&server);
            tokio::spawn(async move { server.get(http, "/").await })
        };
        let (first, second) = (send(), send());
        starts.recv().await.unwrap();
        assert!(starts.try_recv().is_err());
        release.notify_one();
        starts.recv().await.unwrap();
        release.notify_one();
        assert_eq!(first.await.unwrap().text(), "done");
        assert_eq!(second.await.unwrap().text(), "done");
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn a_closed_buffer_is_an_unknown_error() {
    let (recorder, backstop) = Recorder::production();
    let service =
        service_fn(|_: Request| async { Ok::<_, BoxError>(Response::new(Body::empty())) });
    let (buffer, worker) = Buffer::pair(service, 1);
    drop(worker);
    let server = serve(Router::new().route_service("/", backstop.layer().layer(buffer))).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        reply.assert_hidden(500, "Internal Server Error");
        assert_eq!(recorder.only().origin, "service");
    }
}

#[tokio::test]
async fn any_other_error_of_a_service_is_a_500_that_says_nothing() {
    let (recorder, backstop) = Recorder::production();
    let service = service_fn(|_: Request| async { Err::<Response, BoxError>("s3cr3t".into()) });
    let server = serve(Router::new().route_service("/", backstop.layer().layer(service))).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        reply.assert_hidden(500, "Internal Server Error");
        recorder.assert_only(&reply, "service", "s3cr3t");
    }
}

fn out_of_stock() -> BoxError {
    let error = Error::msg("only 2 left")
        .with_status(StatusCode::CONFLICT)
        .with_code("OUT_OF_STOCK")
        .with_header(header::RETRY_AFTER, HeaderValue::from_static("60"));
    BoxError::from(error)
}

#[tokio::test]
async fn our_error_keeps_its_facts_as_the_error_of_a_service() {
    let (recorder, backstop) = Recorder::production();
    let plain = service_fn(|_: Request| async { Err::<Response, _>(out_of_stock()) });
    // What fails in `poll_ready` comes out of a buffer as its `ServiceError`.
    let buffered = Buffer::new(Unready::new(|| Poll::Ready(Err(out_of_stock()))), 1);
    let layer = backstop.layer();
    let app = Router::new()
        .route_service("/plain", layer.layer(plain))
        .route_service(
            "/timed",
            layer.layer(TimeoutLayer::new(Duration::from_secs(5)).layer(plain)),
        )
        .route_service("/buffered", layer.layer(buffered));
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/plain", "/timed", "/buffered"] {
            let reply = server.get(http, path).await;
            assert_eq!(reply.status, 409, "{path}");
            let problem = reply.problem();
            assert_eq!(problem["detail"], "only 2 left");
            assert_eq!(problem["code"], "OUT_OF_STOCK");
            assert_eq!(reply.header("retry-after"), Some("60"));
            recorder.assert_only(&reply, "service", "only 2 left");
        }
    }
}

#[tokio::test]
async fn a_service_that_failed_to_be_ready_is_never_called() {
    let (recorder, backstop) = Recorder::production();
    let unready = [
        ("/error", Unready::new(|| Poll::Ready(Err("s3cr3t".into())))),
        ("/panic", Unready::new(|| panic_any("s3cr3t"))),
    ];
    let mut app = Router::new();
    for (path, service) in &unready {
        app = app.route_service(path, backstop.layer().layer(service.clone()));
    }
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/error").await;
        reply.assert_hidden(500, "Internal Server Error");
        recorder.assert_only(&reply, "service", "s3cr3t");
        let reply = server.get(http, "/panic").await;
        reply.assert_hidden(500, "Internal Server Error");
        recorder.assert_only(&reply, "panic", "s3cr3t");
    }
    for (path, service) in unready {
        assert_eq!(service.calls.load(Ordering::SeqCst), 0, "{path}");
    }
}

// 3. A panic.

const PAYLOADS: [(&str, fn(), &str); 5] = [
    ("/str", || panic_any("s3cr3t"), "s3cr3t"),
    (
        "/string",
        || panic_any(format!("s3cr3t {}", 42)),
        "s3cr3t 42",
    ),
    ("/number", || panic_any(42_u8), "Box<dyn Any>"),
    ("/bomb", || panic_any(Bomb(1)), "Box<dyn Any>"),
    ("/bombs", || panic_any(Bomb(3)), "Box<dyn Any>"),
];

#[tokio::test]
async fn a_panic_in_poll_is_a_500_whatever_its_payload() {
    let (recorder, backstop) = Recorder::production();
    let mut app = Router::new();
    for (path, panics, _) in PAYLOADS {
        app = app.route(path, get(move || async move { panics() }));
    }
    let server = serve(app.layer(backstop.layer())).await;
    for http in Http::BOTH {
        for (path, _, message) in PAYLOADS {
            let reply = server.get(http, path).await;
            reply.assert_hidden(500, "Internal Server Error");
            recorder.assert_only(&reply, "panic", message);
        }
    }
}

#[tokio::test]
async fn a_panic_in_call_is_a_500_whatever_its_payload() {
    let (recorder, backstop) = Recorder::production();
    let mut app = Router::new();
    for (path, panics, _) in PAYLOADS {
        app = app.route_service(path, backstop.layer().layer(PanicsInCall(panics)));
    }
    let server = serve(app).await;
    for http in Http::BOTH {
        for (path, _, message) in PAYLOADS {
            let reply = server.get(http, path).await;
            reply.assert_hidden(500, "Internal Server Error");
            recorder.assert_only(&reply, "panic", message);
        }
    }
}

#[tokio::test]
async fn a_panic_in_poll_ready_is_a_500_whatever_its_payload() {
    let (recorder, backstop) = Recorder::production();
    let polls: [PollReady; 5] = [
        || panic_any("s3cr3t"),
        || panic_any(format!("s3cr3t {}", 42)),
        || panic_any(42_u8),
        || panic_any(Bomb(1)),
        || panic_any(Bomb(3)),
    ];
    let mut app = Router::new();
    for ((path, _, _), poll) in PAYLOADS.into_iter().zip(polls) {
        app = app.route_service(path, backstop.layer().layer(Unready::new(poll)));
    }
    let server = serve(app).await;
    for http in Http::BOTH {
        for (path, _, message) in PAYLOADS {
            let reply = server.get(http, path).await;
            reply.assert_hidden(500, "Internal Server Error");
            recorder.assert_only(&reply, "panic", message);
        }
    }
}

#[tokio::test]
async fn a_second_panic_caught_while_unwinding_changes_nothing() {
    let (recorder, backstop) = Recorder::production();
    let handler = || async {
        let _catches = CatchesItsOwnPanic;
        panic!("first") as ()
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        reply.assert_hidden(500, "Internal Server Error");
        recorder.assert_only(&reply, "panic", "first");
    }
}

#[tokio::test]
async fn a_future_that_panics_again_when_dropped_gets_a_response() {
    let (recorder, backstop) = Recorder::production();
    let drops = Arc::new(AtomicUsize::new(0));
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let service = {
        let drops = Arc::clone(&drops);
        service_fn(move |_: Request| {
            let counts = Counts(Arc::clone(&drops));
            async move {
                let _counts = counts;
                PanicsTwice.await
            }
        })
    };
    // As a variable of an `async fn` its destructor runs while unwinding; as a service's own future, after.
    let bare = service_fn(|_: Request| PanicsTwice);
    let app = Router::new()
        .route_service("/inside", backstop.layer().layer(service))
        .route_service("/bare", backstop.layer().layer(bare));
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/inside", "/bare"] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(500, "Internal Server Error");
            recorder.assert_only(&reply, "panic", "s3cr3t in poll");
        }
    }
    assert_eq!(drops.load(Ordering::SeqCst), 2);
}

// 4. Bare responses.

#[derive(serde::Deserialize)]
struct Order {
    #[expect(dead_code, reason = "only read from JSON")]
    quantity: u32,
}

#[tokio::test]
async fn the_text_of_a_bare_response_is_the_detail_below_500() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/orders", post(|_: Json<Order>| async {}))
        .route("/orders/{id}", get(|_: Path<u32>| async {}))
        .route("/search", get(|_: Query<Order>| async {}))
        .route("/empty", get(|| async { StatusCode::GONE }))
        .layer(DefaultBodyLimit::max(64))
        .layer(backstop.layer());
    let server = serve(app).await;
    let long = format!("{{\"quantity\": {}}}", "1".repeat(100));
    let json = Some("application/json");
    let cases = [
        (
            "POST",
            "/orders",
            json,
            "{",
            400,
            Some(
                "Failed to parse the request body as JSON: EOF while parsing an object at line 1 column 1",
            ),
        ),
        (
            "POST",
            "/orders",
            json,
            &long,
            413,
            Some("Failed to buffer the request body: length limit exceeded"),
        ),
        (
            "POST",
            "/orders",
            None,
            "{}",
            415,
            Some("Expected request with `Content-Type: application/json`"),
        ),
        (
            "POST",
            "/orders",
            json,
            "{}",
            422,
            Some("Failed to deserialize the JSON body into the target type"),
        ),
        ("GET", "/orders/x", None, "", 400, Some("Invalid URL")),
        (
            "GET",
            "/search",
            None,
            "",
            400,
            Some("Failed to deserialize query string"),
        ),
        ("GET", "/empty", None, "", 410, None),
    ];
    for http in Http::BOTH {
        for (method, path, content_type, body, status, detail) in &cases {
            let mut request = request(method, path).map(|_| (*body).to_owned());
            if let Some(content_type) = content_type {
                let value = HeaderValue::from_static(content_type);
                request.headers_mut().insert("content-type", value);
            }
            let reply = server.send(http, request).await;
            assert_eq!(reply.status, *status, "{method} {path}");
            assert_eq!(
                reply
                    .problem()
                    .get("detail")
                    .and_then(|detail| detail.as_str()),
                *detail
            );
            let only = recorder.only();
            assert_eq!((only.origin, only.status), ("response", *status));
        }
    }
}

#[tokio::test]
async fn unmatched_paths_and_methods_get_an_error_response_and_allow_stays() {
    let (recorder, backstop) = Recorder::production();
    let server = serve_handler(&backstop, get(|| async {})).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/nowhere").await;
        assert_eq!(reply.status, 404);
        assert_eq!(reply.problem()["title"], "Not Found");
        recorder.assert_only(&reply, "response", "Not Found");
        let reply = server.send(http, request("POST", "/")).await;
        assert_eq!(reply.status, 405);
        assert_eq!(reply.problem()["title"], "Method Not Allowed");
        assert_eq!(reply.header("allow"), Some("GET,HEAD"));
        recorder.assert_only(&reply, "response", "Method Not Allowed");
    }
}

#[tokio::test]
async fn the_texts_of_axums_own_500s_are_hidden() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/extension", get(|_: Extension<Missing>| async {}))
        .route("/path", get(|_: Path<(u32, u32)>| async {}))
        .route(
            "/json",
            get(|| async { Json(std::collections::HashMap::from([((1, 2), "s3cr3t")])) }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/extension", "/path", "/json"] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(500, "Internal Server Error");
            let only = recorder.only();
            assert_eq!((only.origin, only.messages.len()), ("response", 1));
            assert_ne!(
                only.messages[0], "Internal Server Error",
                "the application gets the text"
            );
        }
    }
}

#[derive(Clone)]
struct Missing;

#[tokio::test(start_paused = true)]
async fn rejections_by_other_layers_become_error_responses() {
    let (recorder, backstop) = Recorder::production();
    let timeout = tower_http::timeout::TimeoutLayer::with_status_code(
        StatusCode::REQUEST_TIMEOUT,
        Duration::from_secs(5),
    );
    let auth = AsyncRequireAuthorizationLayer::new(|_: Request| async {
        let unauthorized = (
            StatusCode::UNAUTHORIZED,
            [(header::WWW_AUTHENTICATE, "Bearer realm=\"shop\"")],
        );
        Err::<Request, _>(unauthorized.into_response())
    });
    let app = Router::new()
        .route(
            "/slow",
            get(std::future::pending::<()>)
                .layer(ServiceBuilder::new().layer(backstop.layer()).layer(timeout)),
        )
        .route(
            "/limited",
            post(|_: Bytes| async {}).layer(
                ServiceBuilder::new()
                    .layer(backstop.layer())
                    .layer(RequestBodyLimitLayer::new(8)),
            ),
        )
        .route(
            "/private",
            get(|| async {}).layer(ServiceBuilder::new().layer(backstop.layer()).layer(auth)),
        );
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/slow").await;
        assert_eq!(reply.status, 408);
        assert_eq!(reply.problem()["title"], "Request Timeout");
        recorder.assert_only(&reply, "response", "Request Timeout");

        let post = request("POST", "/limited").map(|_| "longer than eight");
        let reply = server.send(http, post).await;
        assert_eq!(reply.status, 413);
        assert_eq!(reply.problem()["detail"], "length limit exceeded");
        recorder.assert_only(&reply, "response", "length limit exceeded");

        let reply = server.get(http, "/private").await;
        assert_eq!(reply.status, 401);
        assert_eq!(reply.problem()["title"], "Unauthorized");
        assert_eq!(
            reply.header("www-authenticate"),
            Some("Bearer realm=\"shop\"")
        );
        recorder.assert_only(&reply, "response", "Unauthorized");
    }
}

fn text(status: StatusCode, body: Body) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, "text/plain; charset=utf-8")],
        body,
    )
        .into_response()
}

#[tokio::test]
async fn a_text_that_is_unbounded_or_long_stays_as_it_is_below_500() {
    let (recorder, backstop) = Recorder::production();
    let unbounded = || async {
        let steps = [Step::Data("one "), Step::Rest, Step::Data("two")];
        text(StatusCode::NOT_FOUND, Body::new(Steps::new(steps)))
    };
    let app = Router::new()
        .route("/unbounded", get(unbounded))
        .route(
            "/long",
            get(|| async { text(StatusCode::NOT_FOUND, "x".repeat(16 * 1024 + 1).into()) }),
        )
        .route(
            "/longest",
            get(|| async { text(StatusCode::NOT_FOUND, "x".repeat(16 * 1024).into()) }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for (path, body) in [
            ("/unbounded", "one two".to_owned()),
            ("/long", "x".repeat(16 * 1024 + 1)),
        ] {
            let reply = server.get(http, path).await;
            assert_eq!(reply.status, 404);
            assert_eq!(
                reply.header("content-type"),
                Some("text/plain; charset=utf-8")
            );
            assert_eq!(reply.text(), body);
            assert_eq!(recorder.take(), []);
        }
        let reply = server.get(http, "/longest").await;
        assert_eq!(reply.problem()["detail"], "x".repeat(16 * 1024));
        assert_eq!(recorder.take().len(), 1);
    }
}

#[tokio::test]
async fn a_text_from_500_on_is_hidden_without_waiting_for_its_end() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route(
            "/endless",
            get(|| async {
                let steps = [Step::Data("s3cr3t"), Step::Hang];
                text(StatusCode::BAD_GATEWAY, Body::new(Steps::new(steps)))
            }),
        )
        .route(
            "/long",
            get(|| async { text(StatusCode::BAD_GATEWAY, "s3cr3t".repeat(10_000).into()) }),
        )
        .route(
            "/short",
            get(|| async { text(StatusCode::BAD_GATEWAY, "s3cr3t".into()) }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for (path, message) in [
            ("/endless", "Bad Gateway"),
            ("/long", "Bad Gateway"),
            ("/short", "s3cr3t"),
        ] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(502, "Bad Gateway");
            recorder.assert_only(&reply, "response", message);
        }
    }
}

#[tokio::test]
async fn a_bounded_text_that_fails_or_panics_becomes_a_response_without_detail() {
    let (recorder, backstop) = Recorder::production();
    struct Bounded(Steps);
    impl http_body::Body for Bounded {
        type Data = Bytes;
        type Error = BoxError;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            cx: &mut std::task::Context<'_>,
        ) -> Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
            std::pin::Pin::new(&mut self.0).poll_frame(cx)
        }
        fn size_hint(&self) -> SizeHint {
            let mut hint = SizeHint::new();
            hint.set_upper(100);
            hint
        }
    }
    let handler = |step: fn() -> Step| {
        move || async move {
            let steps = Steps::new([Step::Data("half a te"), step()]);
            text(StatusCode::NOT_FOUND, Body::new(Bounded(steps)))
        }
    };
    let app = Router::new()
        .route("/fails", get(handler(|| Step::Fail("s3cr3t".into()))))
        .route("/panics", get(handler(|| Step::Panic)))
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/fails", "/panics"] {
            let reply = server.get(http, path).await;
            reply.assert_hidden(404, "Not Found");
            assert_eq!(recorder.take().len(), 1);
        }
    }
}

#[tokio::test]
async fn responses_with_a_body_of_their_own_stay_byte_for_byte() {
    let (recorder, backstop) = Recorder::production();
    let own = |status: StatusCode, name: &'static str, value: &'static str| {
        let response =
            move || async move { (status, [(name, value)], "as it was").into_response() };
        get(response)
    };
    let bad = StatusCode::BAD_REQUEST;
    let app = Router::new()
        .route("/html", own(bad, "content-type", "text/html"))
        .route("/json", own(bad, "content-type", "application/json"))
        .route(
            "/problem",
            own(bad, "content-type", "application/problem+json"),
        )
        .route(
            "/bytes",
            own(bad, "content-type", "application/octet-stream"),
        )
        .route("/unknown", own(bad, "content-type", "no type"))
        .route("/grpc", own(bad, "content-type", "application/grpc"))
        .route(
            "/grpc-proto",
            own(bad, "content-type", "application/grpc+proto"),
        )
        .route("/grpc-status", own(bad, "grpc-status", "5"))
        .route("/encoded", own(bad, "content-encoding", "br"))
        .route("/teapot", own(StatusCode::OK, "x-kept", "1"))
        .route("/not-modified", own(StatusCode::FOUND, "location", "/"))
        .route(
            "/passthrough",
            get(|| async { (StatusCode::IM_A_TEAPOT, Extension(Passthrough), "as it was") }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    let paths = [
        "/html",
        "/json",
        "/problem",
        "/bytes",
        "/unknown",
        "/grpc",
        "/grpc-proto",
        "/grpc-status",
        "/encoded",
        "/teapot",
        "/not-modified",
        "/passthrough",
    ];
    for http in Http::BOTH {
        for path in paths {
            let reply = server.get(http, path).await;
            assert_eq!(reply.text(), "as it was", "{path}");
            for name in [
                "x-error-id",
                "vary",
                "cache-control",
                "x-content-type-options",
            ] {
                assert_eq!(reply.header(name), None, "{path}");
            }
        }
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn a_500_with_a_body_of_its_own_stays_and_is_reported() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route(
            "/json",
            get(|| async { (StatusCode::BAD_GATEWAY, Json("as it was")) }),
        )
        .route(
            "/passthrough",
            get(|| async {
                (
                    StatusCode::BAD_GATEWAY,
                    Extension(Passthrough),
                    "\"as it was\"",
                )
            }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        for path in ["/json", "/passthrough"] {
            let reply = server.get(http, path).await;
            assert_eq!(
                (reply.status.as_u16(), reply.text()),
                (502, "\"as it was\"")
            );
            let only = recorder.only();
            assert_eq!((only.origin, only.status), ("response", 502));
        }
    }
}

#[tokio::test]
async fn responses_without_a_body_stay_without_one() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route("/204", get(|| async { StatusCode::NO_CONTENT }))
        .route(
            "/304",
            get(|| async { (StatusCode::NOT_MODIFIED, [(header::ETAG, "\"1\"")]) }),
        )
        .layer(backstop.layer());
    let server = serve(app).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/204").await;
        assert_eq!((reply.status.as_u16(), reply.text()), (204, ""));
        let reply = server.get(http, "/304").await;
        assert_eq!((reply.status.as_u16(), reply.text()), (304, ""));
        assert_eq!(reply.header("etag"), Some("\"1\""));
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn an_upgrade_goes_through_and_works() {
    let (recorder, backstop) = Recorder::production();
    let handler = |mut request: Request| async move {
        let upgrade = hyper::upgrade::on(&mut request);
        tokio::spawn(async move {
            let mut io = hyper_util::rt::TokioIo::new(upgrade.await.unwrap());
            io.write_all(b"hello").await.unwrap();
            io.shutdown().await.unwrap();
        });
        (
            StatusCode::SWITCHING_PROTOCOLS,
            [(header::CONNECTION, "upgrade"), (header::UPGRADE, "chat")],
        )
    };
    let server = serve_handler(&backstop, any(handler)).await;
    let response = server
        .raw("GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: chat\r\n\r\n")
        .await;
    let response = String::from_utf8(response).unwrap();
    assert!(
        response.starts_with("HTTP/1.1 101 Switching Protocols\r\n"),
        "{response}"
    );
    assert!(response.ends_with("\r\n\r\nhello"), "{response}");
    assert_eq!(recorder.take(), []);
}

// 5. A body that fails.

#[tokio::test]
async fn a_body_that_fails_midway_never_ends_cleanly() {
    let (recorder, backstop) = Recorder::production();
    let steps: [(_, fn() -> Step); 2] = [
        ("/panics", || Step::Panic),
        ("/fails", || Step::Fail("s3cr3t".into())),
    ];
    let mut app = Router::new();
    for (path, step) in steps {
        let handler = move || async move {
            Body::new(Steps::new([Step::Data("chunk-one"), Step::Rest, step()]))
        };
        app = app.route(path, get(handler));
    }
    let server = serve(app.layer(backstop.layer())).await;
    for path in ["/panics", "/fails"] {
        let response = server
            .raw(format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n"))
            .await;
        let response = String::from_utf8(response).unwrap();
        assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
        // No terminating chunk.
        assert!(
            response.ends_with("\r\n\r\n9\r\nchunk-one\r\n"),
            "{response}"
        );
        let only = recorder.only();
        assert!(only.response_started);
        assert_eq!(
            (only.status, only.failure_status, only.origin),
            (200, 500, "body")
        );
        assert_eq!(only.messages, ["s3cr3t"]);

        let reply = server.get(Http::Two, path).await;
        assert_eq!((reply.status.as_u16(), reply.text()), (200, "chunk-one"));
        let error = reply.end.unwrap_err();
        let reset = std::error::Error::source(&error).unwrap();
        assert_eq!(
            reset.to_string(),
            "stream error received: unexpected internal error encountered"
        );
        let only = recorder.only();
        assert!(only.response_started);
        assert_eq!(
            (only.status, only.failure_status, only.origin),
            (200, 500, "body")
        );
    }
}

#[tokio::test]
async fn a_body_that_fails_leaves_the_other_streams_of_its_connection_alone() {
    let (recorder, backstop) = Recorder::production();
    let app = Router::new()
        .route(
            "/panics",
            get(|| async { Body::new(Steps::new([Step::Data("one"), Step::Rest, Step::Panic])) }),
        )
        .route("/", get(|| async { "well" }))
        .layer(backstop.layer());
    let server = serve(app).await;
    let socket = TcpStream::connect(server.address).await.unwrap();
    let io = hyper_util::rt::TokioIo::new(socket);
    let executor = hyper_util::rt::TokioExecutor::new();
    let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let uri = |path| format!("http://{}{path}", server.address);
    let broken = sender
        .send_request(request("GET", &uri("/panics")))
        .await
        .unwrap();
    let collected = http_body_util::BodyExt::collect(broken.into_body()).await;
    assert!(collected.is_err());
    let well = sender
        .send_request(request("GET", &uri("/")))
        .await
        .unwrap();
    let collected = http_body_util::BodyExt::collect(well.into_body()).await;
    assert_eq!(collected.unwrap().to_bytes(), "well");
    assert_eq!(recorder.only().origin, "body");
}

#[tokio::test]
async fn the_body_of_an_error_response_is_guarded_too() {
    let (recorder, backstop) = Recorder::production();
    let handler = || async {
        let steps = [Step::Data("<p>"), Step::Rest, Step::Panic];
        let html = [(header::CONTENT_TYPE, "text/html")];
        (StatusCode::NOT_FOUND, html, Body::new(Steps::new(steps)))
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.status, 404);
        assert!(reply.end.is_err());
        let only = recorder.only();
        assert!(only.response_started);
        assert_eq!((only.status, only.failure_status), (404, 500));
    }
}

#[tokio::test]
async fn trailers_pass_through() {
    let (recorder, backstop) = Recorder::production();
    let handler = || async {
        let steps = [Step::Data("data"), Step::Trailers("x-checksum", "42")];
        (
            [(header::TRAILER, "x-checksum")],
            Body::new(Steps::new(steps)),
        )
    };
    let server = serve_handler(&backstop, get(handler)).await;
    for http in Http::BOTH {
        let mut request = request("GET", "/");
        request
            .headers_mut()
            .insert("te", HeaderValue::from_static("trailers"));
        let reply = server.send(http, request).await;
        assert!(reply.end.is_ok());
        assert_eq!(reply.text(), "data");
        assert_eq!(reply.trailers.unwrap()["x-checksum"], "42", "{http:?}");
    }
    assert_eq!(recorder.take(), []);
}

#[tokio::test]
async fn what_a_body_says_of_itself_passes_through() {
    let (_, backstop) = Recorder::production();
    let mut bounded = SizeHint::new();
    bounded.set_lower(3);
    bounded.set_upper(9);
    for (is_end_stream, hint) in [
        (true, SizeHint::with_exact(0)),
        (true, SizeHint::default()),
        (false, SizeHint::default()),
        (false, bounded),
        (false, SizeHint::with_exact(100)),
        (false, SizeHint::with_exact(100_000)),
    ] {
        let service = service_fn(move |_: Request| async move {
            Ok::<_, BoxError>(Response::new(Claims {
                is_end_stream,
                size_hint: hint,
            }))
        });
        let service = backstop.layer().layer(service);
        let response = tower::ServiceExt::oneshot(service, request("GET", "/"))
            .await
            .unwrap();
        let body = response.into_body();
        assert_eq!(body.is_end_stream(), is_end_stream, "{hint:?}");
        assert_eq!(body.size_hint().lower(), hint.lower(), "{hint:?}");
        assert_eq!(body.size_hint().upper(), hint.upper(), "{hint:?}");
    }
}

#[tokio::test]
async fn a_large_body_keeps_its_content_length() {
    let (_, backstop) = Recorder::production();
    let server = serve_handler(&backstop, get(|| async { "x".repeat(100_000) })).await;
    for http in Http::BOTH {
        let reply = server.get(http, "/").await;
        assert_eq!(reply.header("content-length"), Some("100000"));
        assert_eq!(reply.body.len(), 100_000);
    }
}

// 6. A client that went away.

#[tokio::test]
async fn a_client_that_goes_away_while_the_handler_runs_is_not_an_error() {
    let (recorder, backstop) = Recorder::production();
    let (started, mut starts) = mpsc::channel(1);
    let handler = move || async move {
        let (guard, dropped) = Guard::new();
        started.send(dropped).await.unwrap();
        std::future::pending::<()>().await;
        drop(guard);
    };
    let server = Arc::new(serve_handler(&backstop, get(handler)).await);
    for http in Http::BOTH {
        let client = tokio::spawn({
            let server = Arc::clone(&server);
            async move {
                let mut socket = TcpStream::connect(server.address).await.unwrap();
                if http == Http::One {
                    socket
                        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
                        .await
                        .unwrap();
                    std::future::pending::<()>().await;
                }
                let io = hyper_util::rt::TokioIo::new(socket);
                let executor = hyper_util::rt::TokioExecutor::new();
                let (mut sender, connection) = hyper::client::conn::http2::handshake(executor, io)
                    .await
                    .unwrap();
                let uri = format!("http://{}/", server.address);
                // Neither ends: both are dropped with this task.
                let _ = tokio::join!(connection, sender.send_request(request("GET", &uri)));
            }
        });
        let dropped = starts.recv().await.unwrap();
        client.abort();
        dropped.await.unwrap();
        assert_eq!(recorder.take(), []);
    }
}

#[tokio::test]
async fn a_client_that_goes_away_amid_the_body_is_not_an_error() {
    let (recorder, backstop) = Recorder::production();
    let dropped = Arc::new(Mutex::new(None));
    let handler = {
        let dropped = Arc::clone(&dropped);
        move || async move {
            let (guard, receiver) = Guard::new();
            *dropped.lock().unwrap() = Some(receiver);
            Body::new(Steps::guarded([Step::Data("one"), Step::Hang], guard))
        }
    };
    let server = serve_handler(&backstop, get(handler)).await;

    let mut socket = TcpStream::connect(server.address).await.unwrap();
    socket
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\n\r\n")
        .await
        .unwrap();
    let mut head = [0; 1];
    socket.read_exact(&mut head).await.unwrap();
    drop(socket);
    let receiver = dropped.lock().unwrap().take().unwrap();
    receiver.await.unwrap();

    let response = server.start(Http::Two, request("GET", "/")).await;
    // A stream that is dropped early is reset.
    drop(response);
    let receiver = dropped.lock().unwrap().take().unwrap();
    receiver.await.unwrap();
    assert_eq!(recorder.take(), []);
}
