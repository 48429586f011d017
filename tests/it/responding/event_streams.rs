//! Streams of server-sent events that fail midway.

#![expect(clippy::panic, reason = "a stream that panics is one of the cases")]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use backstop::reporters::Memory;
use backstop::{Backstop, BoxError};
use futures_util::{StreamExt as _, stream};
use http::Request;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

fn failing_stream(panics: bool) -> Body {
    let chunks = stream::iter([0, 1]).map(move |chunk| match chunk {
        0 => Ok("data: 1\n\ndata: 2"),
        _ if panics => panic!("s3cr3t"),
        _ => Err(BoxError::from("s3cr3t")),
    });
    Body::from_stream(chunks)
}

async fn events() -> Response {
    ([(CONTENT_TYPE, "text/event-stream")], failing_stream(false)).into_response()
}

async fn panicking() -> Response {
    let content_type = [(CONTENT_TYPE, "Text/Event-Stream; charset=utf-8")];
    (content_type, failing_stream(true)).into_response()
}

async fn encoded() -> Response {
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CONTENT_ENCODING, "gzip"),
    ];
    (headers, failing_stream(false)).into_response()
}

async fn lines() -> Response {
    ([(CONTENT_TYPE, "text/plain")], failing_stream(false)).into_response()
}

/// The body, or `None` if it broke off; and the reports.
async fn fetch(error_events: bool, path: &str) -> (Option<String>, Memory) {
    let memory = Memory::new();
    let builder = Backstop::production().log(false).error_events(error_events);
    let backstop = builder
        .reporter(memory.clone())
        .build()
        .expect("valid settings");
    let app = Router::new()
        .route("/events", get(events))
        .route("/panicking", get(panicking))
        .route("/encoded", get(encoded))
        .route("/lines", get(lines))
        .layer(backstop.layer());
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = app.oneshot(request).await.expect("never fails");
    let body = response.into_body().collect().await.ok();
    assert!(backstop.flush(Duration::from_secs(30)).await.is_empty());
    let body = body.map(|body| String::from_utf8(body.to_bytes().to_vec()).expect("text"));
    (body, memory)
}

#[tokio::test]
async fn a_stream_of_events_that_fails_ends_with_an_error_event_that_has_the_id_of_the_report() {
    for path in ["/events", "/panicking"] {
        let (body, memory) = fetch(true, path).await;
        let body = body.expect("a whole body");
        let (sent, event) = body
            .split_once("\n\nevent: error\ndata: ")
            .expect("an event");
        assert_eq!(sent, "data: 1\n\ndata: 2");
        let data = event.strip_suffix("\n\n").expect("the end of the event");
        let problem: Value = serde_json::from_str(data).expect("a problem");
        let reports = memory.reports();
        assert_eq!(reports.len(), 1);
        let instance = format!("urn:uuid:{}", reports[0].id);
        let expected =
            json!({"title": "Internal Server Error", "status": 500, "instance": instance});
        assert_eq!(problem, expected);
    }
}

#[tokio::test]
async fn without_the_setting_and_for_other_bodies_the_body_breaks_off() {
    for (error_events, path) in [(false, "/events"), (true, "/encoded"), (true, "/lines")] {
        let (body, memory) = fetch(error_events, path).await;
        assert_eq!(body, None, "{path}");
        assert_eq!(memory.reports().len(), 1);
    }
}
