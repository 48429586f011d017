//! Failures in the fields of their request's span.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use axum::Router;
use axum::body::Body;
use axum::response::IntoResponse as _;
use axum::routing::get;
use backstop::{Backstop, Error};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use opentelemetry::trace::{Status, TracerProvider as _};
use opentelemetry_sdk::trace::{InMemorySpanExporter, SdkTracerProvider, SpanData};
use tower_http::trace::TraceLayer;
use tracing::field::Empty;
use tracing_subscriber::layer::SubscriberExt as _;

use crate::support::reports;
use crate::support::services::{Step, Steps};
use crate::support::subscriber::set_default;

const SECRET: &str = "no route to postgres://app:s3cr3t@db";

#[expect(clippy::panic, reason = "what panics is under test")]
async fn panics() {
    std::panic::panic_any(SECRET)
}

fn routes() -> Router {
    let body = || async { Response::new(Body::new(Steps::new([Step::Fail(SECRET.into())]))) };
    Router::new()
        .route("/fine", get(|| async {}))
        .route(
            "/missing",
            get(|| async { Error::not_found("no product 7") }),
        )
        .route("/teapot", get(|| async { StatusCode::IM_A_TEAPOT }))
        .route(
            "/expected",
            get(|| async { Error::unavailable("loading").expected() }),
        )
        .route(
            "/io",
            get(|| async { Error::from(std::io::Error::other(SECRET)) }),
        )
        .route("/bare", get(|| async { StatusCode::BAD_GATEWAY }))
        .route(
            "/json",
            get(|| async {
                let body = axum::Json("sorry");
                (StatusCode::INTERNAL_SERVER_ERROR, body).into_response()
            }),
        )
        .route("/panic", get(panics))
        .route("/body", get(body))
}

/// The span of one request, once its response has ended.
async fn span_of(path: &str) -> SpanData {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = set_default(tracing_subscriber::registry().with(layer));
    let spans = |_: &Request<Body>| {
        tracing::info_span!(
            "request",
            error.type = Empty,
            otel.status_code = Empty,
            otel.status_description = Empty,
        )
    };
    let backstop = Backstop::production().log(false).build().unwrap();
    let app = routes().layer(backstop.layer()).layer(
        TraceLayer::new_for_http()
            .make_span_with(spans)
            .on_failure(()),
    );
    let response = reports::get(&app, path).await;
    let _ = response.into_body().collect().await;
    let mut spans = exporter.get_finished_spans().unwrap();
    assert_eq!(spans.len(), 1, "{spans:#?}");
    spans.remove(0)
}

fn error_type(span: &SpanData) -> Option<String> {
    let mut attributes = span.attributes.iter();
    let error_type = attributes.find(|attribute| attribute.key.as_str() == "error.type");
    error_type.map(|attribute| attribute.value.to_string())
}

#[tokio::test]
async fn a_failure_of_the_server_is_an_error_of_its_span() {
    let hidden = "no route to postgres://[REDACTED]@db";
    for (path, name, description) in [
        ("/io", "std::io::error::Error", hidden),
        ("/bare", "502", "Bad Gateway"),
        ("/json", "500", "Internal Server Error"),
        ("/panic", "panic", hidden),
    ] {
        let span = span_of(path).await;
        assert_eq!(error_type(&span).as_deref(), Some(name), "{path}");
        assert_eq!(span.status, Status::error(description.to_owned()), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_fails_is_an_error_of_the_span() {
    let span = span_of("/body").await;
    assert!(error_type(&span).is_some(), "{span:#?}");
    assert!(matches!(span.status, Status::Error { .. }), "{span:#?}");
    assert!(!format!("{span:?}").contains("s3cr3t"));
}

#[tokio::test]
async fn successes_failures_of_the_client_and_expected_ones_leave_the_span_alone() {
    for path in ["/fine", "/missing", "/teapot", "/expected", "/nowhere"] {
        let span = span_of(path).await;
        assert_eq!(error_type(&span), None, "{path}");
        assert_eq!(span.status, Status::Unset, "{path}");
    }
}

#[tokio::test]
async fn a_span_without_the_fields_stays_as_it_is() {
    let exporter = InMemorySpanExporter::default();
    let provider = SdkTracerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
    let _guard = set_default(tracing_subscriber::registry().with(layer));
    let backstop = Backstop::production().log(false).build().unwrap();
    let spans = |_: &Request<Body>| tracing::info_span!("request");
    let app = routes().layer(backstop.layer()).layer(
        TraceLayer::new_for_http()
            .make_span_with(spans)
            .on_failure(()),
    );
    let response = reports::get(&app, "/io").await;
    let _ = response.into_body().collect().await;
    let span = exporter.get_finished_spans().unwrap().remove(0);
    assert_eq!((error_type(&span), span.status), (None, Status::Unset));
}
