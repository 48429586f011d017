//! The response to HEAD has the headers of GET's, also around a whole router, which strips bodies before.

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get};
use futures_util::stream;
use tower::Layer as _;

use crate::support::http::{Http, Reply, request, serve, serve_service};
use crate::support::recorder::Recorder;

fn typed(status: StatusCode, content_type: &'static str, body: fn() -> Body) -> MethodRouter {
    get(async move || (status, [(header::CONTENT_TYPE, content_type)], body()).into_response())
}

fn stream() -> Body {
    let parts = ["in two ", "parts"].map(Ok::<_, std::io::Error>);
    Body::from_stream(stream::iter(parts))
}

fn app() -> Router {
    const TEXT: &str = "text/plain; charset=utf-8";
    let conflict = StatusCode::CONFLICT;
    let encoded = [
        (header::CONTENT_TYPE, TEXT),
        (header::CONTENT_ENCODING, "br"),
    ];
    Router::new()
        .route("/text", typed(conflict, TEXT, || Body::from("short")))
        .route(
            "/long",
            typed(conflict, TEXT, || Body::from("x".repeat(20_000))),
        )
        .route("/stream", typed(conflict, TEXT, stream))
        .route("/empty-text", typed(conflict, TEXT, Body::empty))
        .route("/empty", get(async || StatusCode::GONE))
        .route(
            "/empty-json",
            typed(conflict, "application/json", Body::empty),
        )
        .route(
            "/json",
            typed(conflict, "application/json", || Body::from("{}")),
        )
        .route("/json-stream", typed(conflict, "application/json", stream))
        .route(
            "/latin",
            typed(conflict, "text/plain; charset=latin1", || Body::from("x")),
        )
        .route(
            "/encoded",
            get(async move || (conflict, encoded, "not really")),
        )
        .route(
            "/hidden",
            typed(StatusCode::BAD_GATEWAY, TEXT, || Body::from("s3cr3t")),
        )
        .route(
            "/hidden-stream",
            typed(StatusCode::BAD_GATEWAY, TEXT, stream),
        )
        .route(
            "/hidden-long",
            typed(StatusCode::BAD_GATEWAY, TEXT, || {
                Body::from("x".repeat(20_000))
            }),
        )
}

const PATHS: [&str; 14] = [
    "/text",
    "/long",
    "/stream",
    "/empty-text",
    "/empty",
    "/empty-json",
    "/json",
    "/json-stream",
    "/latin",
    "/encoded",
    "/hidden",
    "/hidden-stream",
    "/hidden-long",
    "/nowhere",
];

/// The headers that a response to HEAD must share. How a body is framed is for GET alone, and a length may be omitted
/// (RFC 9110, section 9.3.2).
fn shared(reply: &Reply, omits_length: bool) -> BTreeMap<String, String> {
    let is_shared = |name: &str| {
        let is_omitted = name == "content-length" && omits_length;
        !is_omitted && !["date", "x-error-id", "transfer-encoding"].contains(&name)
    };
    let lines = reply
        .headers
        .iter()
        .filter(|(name, _)| is_shared(name.as_str()));
    lines
        .map(|(name, value)| (name.to_string(), format!("{value:?}")))
        .collect()
}

#[tokio::test]
async fn head_equals_get_around_a_router_and_within() {
    let (_, backstop) = Recorder::production();
    let inside = serve(app().layer(backstop.layer())).await;
    let around = serve_service(backstop.layer().layer(app().with_state::<()>(()))).await;
    for http in Http::BOTH {
        for (place, server) in [("inside", &inside), ("around", &around)] {
            for path in PATHS {
                let get = server.get(http, path).await;
                let head = server.send(http, request("HEAD", path)).await;
                assert_eq!(
                    (head.status, head.text()),
                    (get.status, ""),
                    "{place} {path}"
                );
                if (place, path) == ("inside", "/empty-json") {
                    // Whether an empty body of its own type is all that GET would have cannot be known there.
                    continue;
                }
                let omits_length = head.header("content-length").is_none();
                assert_eq!(
                    shared(&head, omits_length),
                    shared(&get, omits_length),
                    "{place} {path} {http:?}"
                );
            }
        }
    }
}
