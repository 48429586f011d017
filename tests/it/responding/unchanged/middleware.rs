//! tower-http's layers inside of Backstop.

use std::any::Any;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use axum::routing::{get, post};
use http::{Request, StatusCode, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_status::SetStatusLayer;
use tower_http::timeout::TimeoutLayer;

use super::{Applications, get_with, text};

/// A POST whose body has no length.
fn chunked(path: &str, size: usize) -> Request<Body> {
    let chunks = vec![b'a'; size]
        .chunks(4)
        .map(|chunk| Ok::<_, std::io::Error>(Bytes::copy_from_slice(chunk)))
        .collect::<Vec<_>>();
    Request::post(path)
        .body(Body::from_stream(futures_util::stream::iter(chunks)))
        .expect("a request")
}

#[tokio::test]
async fn a_caught_panic_keeps_its_status() {
    let panics = || get(async || -> &'static str { panic!("s3cr3t") });
    let custom = |_: Box<dyn Any + Send>| {
        Response::builder()
            .status(StatusCode::INTERNAL_SERVER_ERROR)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(r#"{"error":"it panicked"}"#))
            .expect("a response")
    };
    let app = Router::new()
        .merge(
            Router::new()
                .route("/default", panics())
                .layer(CatchPanicLayer::new()),
        )
        .merge(
            Router::new()
                .route("/custom", panics())
                .layer(CatchPanicLayer::custom(custom)),
        );
    let app = Applications::serve(app).await;
    assert_eq!(app.get("/default").await.status, 500);
    let custom = app.get("/custom").await;
    assert_eq!(custom.text(), r#"{"error":"it panicked"}"#);
}

#[tokio::test]
async fn a_limited_request_body() {
    let app = Router::new()
        .route("/bytes", post(async |body: Bytes| body.len().to_string()))
        .route("/unread", post(async || "unread"))
        .layer(RequestBodyLimitLayer::new(16));
    let app = Applications::serve(app).await;
    for (path, size, status) in [
        ("/bytes", 8, 200),
        ("/bytes", 17, 413),
        ("/unread", 17, 413),
    ] {
        let with_length = || {
            Request::post(path)
                .body(Body::from(vec![b'a'; size]))
                .expect("a request")
        };
        assert_eq!(app.send(with_length).await.status, status, "{path} {size}");
    }
    assert_eq!(app.send(|| chunked("/bytes", 8)).await.text(), "8");
    assert_eq!(app.send(|| chunked("/bytes", 64)).await.status, 413);
    assert_eq!(app.send(|| chunked("/unread", 8)).await.text(), "unread");
}

#[tokio::test]
async fn cors_and_its_preflight() {
    let app = Router::new()
        .route("/", get(async || text(409, "in use")))
        .layer(CorsLayer::permissive());
    let app = Applications::serve(app).await;
    let from = || get_with("/", header::ORIGIN, "https://shop.example");
    let reply = app.send(from).await;
    assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
    let preflight = || {
        Request::options("/")
            .header(header::ORIGIN, "https://shop.example")
            .header(header::ACCESS_CONTROL_REQUEST_METHOD, "GET")
            .body(Body::empty())
            .expect("a request")
    };
    assert_eq!(app.send(preflight).await.status, 200);
}

#[tokio::test]
async fn statuses_that_a_layer_sets() {
    let route = |status| {
        Router::new()
            .route(&format!("/{status}"), get(async || "as it is"))
            .layer(SetStatusLayer::new(
                StatusCode::from_u16(status).expect("a status"),
            ))
    };
    let app = Router::new()
        .merge(route(202))
        .merge(route(404))
        .merge(route(503));
    let app = Applications::serve(app).await;
    for status in [202, 404, 503] {
        assert_eq!(app.get(&format!("/{status}")).await.status, status);
    }
}

#[tokio::test(start_paused = true)]
async fn a_timeout_keeps_its_status() {
    let layer = |status| TimeoutLayer::with_status_code(status, Duration::from_millis(10));
    let pending = || get(std::future::pending::<()>);
    let app = Router::new()
        .merge(
            Router::new()
                .route("/408", pending())
                .layer(layer(StatusCode::REQUEST_TIMEOUT)),
        )
        .merge(
            Router::new()
                .route("/504", pending())
                .layer(layer(StatusCode::GATEWAY_TIMEOUT)),
        );
    let app = Applications::serve(app).await;
    for status in [408, 504] {
        assert_eq!(app.get(&format!("/{status}")).await.status, status);
    }
}
