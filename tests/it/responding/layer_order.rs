//! Where other layers belong: each row of the table in `backstop::layers`.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what panics is under test, or fails it"
)]

use std::convert::Infallible;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::error_handling::HandleErrorLayer;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::{get, post};
use axum::{BoxError, Router};
use backstop::settings::Reporting;
use backstop::{Backstop, Error};
use bytes::Bytes;
use tower::{Layer as _, ServiceBuilder};
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::decompression::RequestDecompressionLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::normalize_path::NormalizePathLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveHeadersLayer;
use tower_http::set_status::SetStatusLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;
use tower_http::validate_request::ValidateRequestHeaderLayer;

use crate::support::http::{Http, Reply, request, serve, serve_service};
use crate::support::recorder::Recorder;
use crate::support::reports::Reports;
use crate::support::subscriber::set_default;

fn failing() -> Router {
    Router::new()
        .route("/panic", get(async || panic!("s3cr3t") as ()))
        .route(
            "/error",
            get(async || Err::<(), _>(Error::internal("s3cr3t"))),
        )
        .route(
            "/conflict",
            get(async || {
                (
                    StatusCode::CONFLICT,
                    "taken by somebody else, and that at length",
                )
            }),
        )
        .route("/slow", get(std::future::pending::<()>))
        .route("/upload", post(async |_: Bytes| "well"))
}

async fn send(app: Router, request: http::Request<axum::body::Body>) -> Reply {
    serve(app).await.send(Http::One, request).await
}

fn with(
    mut request: http::Request<axum::body::Body>,
    name: &'static str,
    value: &'static str,
) -> http::Request<axum::body::Body> {
    request
        .headers_mut()
        .insert(name, HeaderValue::from_static(value));
    request
}

#[tokio::test]
async fn cors_outside_reaches_panics_and_shows_scripts_the_id_and_inside_it_does_not() {
    let (_, backstop) = Recorder::production();
    let cors = || {
        let origin = HeaderValue::from_static("https://shop.example");
        let id = HeaderName::from_static("x-error-id");
        CorsLayer::new().allow_origin(origin).expose_headers([id])
    };
    let asks = || with(request("GET", "/panic"), "origin", "https://shop.example");
    let outside = send(failing().layer(backstop.layer()).layer(cors()), asks()).await;
    assert_eq!(
        outside.header("access-control-allow-origin"),
        Some("https://shop.example")
    );
    assert_eq!(
        outside.header("access-control-expose-headers"),
        Some("x-error-id")
    );
    outside.assert_hidden(500, "Internal Server Error");
    let inside = send(failing().layer(cors()).layer(backstop.layer()), asks()).await;
    assert_eq!(inside.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn compression_outside_encodes_error_responses_and_inside_it_hides_texts_below_500() {
    let (_, backstop) = Recorder::production();
    let asks = |path| with(request("GET", path), "accept-encoding", "gzip");
    let outside = || {
        failing()
            .layer(backstop.layer())
            .layer(CompressionLayer::new())
    };
    let reply = send(outside(), asks("/conflict")).await;
    assert_eq!(reply.header("content-encoding"), Some("gzip"));
    assert_eq!(
        reply.header("content-type"),
        Some("application/problem+json")
    );
    let inside = || {
        failing()
            .layer(CompressionLayer::new())
            .layer(backstop.layer())
    };
    let reply = send(inside(), asks("/conflict")).await;
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    send(inside(), asks("/error"))
        .await
        .assert_hidden(500, "Internal Server Error");
}

#[tokio::test]
async fn decompression_inside_has_its_refusals_rendered_and_outside_it_does_not() {
    let (_, backstop) = Recorder::production();
    let asks = || with(request("POST", "/upload"), "content-encoding", "unknown");
    let decompression = RequestDecompressionLayer::new;
    let inside = failing().layer(decompression()).layer(backstop.layer());
    let reply = send(inside, asks()).await;
    assert_eq!(reply.problem()["status"], 415);
    assert!(reply.header("accept-encoding").is_some());
    let outside = failing().layer(backstop.layer()).layer(decompression());
    let reply = send(outside, asks()).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("x-error-id")),
        (415, None)
    );
}

#[tokio::test]
async fn timeouts_and_limits_inside_become_error_responses_and_outside_they_stay_bare() {
    let (recorder, backstop) = Recorder::production();
    let timeout =
        || TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(1));
    let reply = send(
        failing().layer(timeout()).layer(backstop.layer()),
        request("GET", "/slow"),
    )
    .await;
    reply.assert_hidden(504, "Gateway Timeout");
    assert_eq!(recorder.take().len(), 1);
    let reply = send(
        failing().layer(backstop.layer()).layer(timeout()),
        request("GET", "/slow"),
    )
    .await;
    assert_eq!((reply.status.as_u16(), reply.text()), (504, ""));
    assert_eq!(recorder.take(), []);

    let limit = || RequestBodyLimitLayer::new(1);
    let asks = || request("POST", "/upload").map(|_| axum::body::Body::from("long"));
    let reply = send(failing().layer(limit()).layer(backstop.layer()), asks()).await;
    assert_eq!(reply.problem()["status"], 413);
    let reply = send(failing().layer(backstop.layer()).layer(limit()), asks()).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("x-error-id")),
        (413, None)
    );
}

#[tokio::test]
async fn authentication_inside_has_its_refusals_rendered_with_their_challenge_and_outside_it_does_not()
 {
    let (_, backstop) = Recorder::production();
    let auth = || {
        #[expect(deprecated, reason = "the shortest refusal that tower-http has")]
        ValidateRequestHeaderLayer::basic("user", "password")
    };
    let reply = send(
        failing().layer(auth()).layer(backstop.layer()),
        request("GET", "/"),
    )
    .await;
    assert_eq!(reply.problem()["status"], 401);
    assert_eq!(reply.header("www-authenticate"), Some("Basic"));
    let reply = send(
        failing().layer(backstop.layer()).layer(auth()),
        request("GET", "/"),
    )
    .await;
    assert_eq!((reply.status.as_u16(), reply.text()), (401, ""));
}

#[tokio::test]
async fn request_ids_outside_are_on_panics_and_in_reports_and_inside_they_are_not() {
    let id = HeaderName::from_static("x-request-id");
    let reporting = Reporting::new().keep_headers([id]);
    let (backstop, reports) = Reports::with(Backstop::production().reporting(reporting));
    let outside = failing().layer(
        ServiceBuilder::new()
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(PropagateRequestIdLayer::x_request_id())
            .layer(backstop.layer()),
    );
    let reply = send(outside, request("GET", "/panic")).await;
    let id = reply.header("x-request-id").unwrap();
    assert!(serde_json::to_string(&reports.one()).unwrap().contains(id));
    let inside = failing().layer(
        ServiceBuilder::new()
            .layer(backstop.layer())
            .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
            .layer(PropagateRequestIdLayer::x_request_id()),
    );
    assert_eq!(
        send(inside, request("GET", "/panic"))
            .await
            .header("x-request-id"),
        None
    );
}

#[test]
fn trace_outside_sees_every_status_and_inside_no_panic() {
    let traced = |app: fn(Router, &Backstop) -> Router| {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let _default = set_default(subscriber);
        let backstop = Backstop::production().log(false).build().unwrap();
        let app = app(failing(), &backstop);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let response = tower::ServiceExt::oneshot(app, request("GET", "/panic"))
                .await
                .unwrap();
            assert_eq!(response.status(), 500);
        });
        let log = lines.0.lock().unwrap().clone();
        String::from_utf8(log).unwrap()
    };
    let outside = traced(|app, backstop| {
        app.layer(backstop.layer())
            .layer(TraceLayer::new_for_http())
    });
    assert!(
        outside.contains("finished processing request") && outside.contains("500"),
        "{outside}"
    );
    let inside = traced(|app, backstop| {
        app.layer(TraceLayer::new_for_http())
            .layer(backstop.layer())
    });
    assert!(!inside.contains("finished processing request"), "{inside}");
    // Both log a 5xx, unless one of them is told not to.
    let quiet = traced(|app, backstop| {
        app.layer(backstop.layer())
            .layer(TraceLayer::new_for_http().on_failure(()))
    });
    assert!(
        outside.contains("ERROR") && !quiet.contains("ERROR"),
        "{quiet}"
    );
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn normalize_path_goes_around_the_router_with_backstop_within() {
    let (_, backstop) = Recorder::production();
    let app = failing().layer(backstop.layer()).with_state::<()>(());
    let around = NormalizePathLayer::trim_trailing_slash().layer(app);
    let server = serve_service(around).await;
    let reply = server.get(Http::One, "/conflict/").await;
    assert_eq!(reply.problem()["status"], 409);
    // As a layer of the router it comes after routing.
    let late = failing()
        .layer(backstop.layer())
        .layer(NormalizePathLayer::trim_trailing_slash());
    assert_eq!(send(late, request("GET", "/conflict/")).await.status, 404);
}

#[tokio::test]
async fn sensitive_headers_are_redacted_in_reports_wherever_that_layer_stands() {
    for outside in [true, false] {
        let reporting = Reporting::new().keep_headers([header::AUTHORIZATION]);
        let (backstop, reports) = Reports::with(Backstop::production().reporting(reporting));
        let sensitive = SetSensitiveHeadersLayer::new([header::AUTHORIZATION]);
        let app = if outside {
            failing().layer(backstop.layer()).layer(sensitive)
        } else {
            failing().layer(sensitive).layer(backstop.layer())
        };
        send(
            app,
            with(request("GET", "/error"), "authorization", "Bearer s3cr3t"),
        )
        .await;
        assert!(!format!("{:?}", reports.one()).contains("Bearer s3cr3t"));
    }
}

#[tokio::test]
async fn a_handler_of_errors_is_not_needed_and_inside_may_return_an_error() {
    let (recorder, backstop) = Recorder::production();
    let limits = || ServiceBuilder::new().load_shed().concurrency_limit(0);
    let without = failing().layer(
        ServiceBuilder::new()
            .layer(backstop.layer())
            .layer(limits().into_inner()),
    );
    let reply = send(without, request("GET", "/error")).await;
    reply.assert_hidden(503, "Service Unavailable");
    assert_eq!(recorder.only().origin, "service");
    let handle = HandleErrorLayer::new(async |error: BoxError| {
        Error::from(error).with_status(StatusCode::TOO_MANY_REQUESTS)
    });
    let with = failing().layer(
        ServiceBuilder::new()
            .layer(backstop.layer())
            .layer(handle)
            .layer(limits().into_inner()),
    );
    let reply = send(with, request("GET", "/error")).await;
    assert_eq!(reply.problem()["status"], 429);
    assert_eq!(recorder.only().origin, "handler");
}

#[tokio::test]
async fn a_status_set_outside_of_every_backstop_is_the_status_of_the_response() {
    let (recorder, backstop) = Recorder::production();
    let outside = failing()
        .layer(backstop.layer())
        .layer(SetStatusLayer::new(StatusCode::OK));
    assert_eq!(send(outside, request("GET", "/error")).await.status, 200);
    let inside = failing()
        .layer(SetStatusLayer::new(StatusCode::OK))
        .layer(backstop.layer());
    assert_eq!(send(inside, request("GET", "/error")).await.status, 500);
    assert_eq!(recorder.take().len(), 2);
}

#[tokio::test]
async fn the_order_of_the_readme_works() {
    let (_, backstop) = Recorder::production();
    let timeout =
        TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, Duration::from_millis(1));
    let app = failing()
        .layer(timeout)
        .layer(backstop.layer())
        .layer(CompressionLayer::new())
        .layer(CorsLayer::permissive())
        .layer(TraceLayer::new_for_http());
    let server = serve(app).await;
    for path in ["/panic", "/slow", "/error", "/conflict", "/nowhere"] {
        let asks = with(request("GET", path), "origin", "https://shop.example");
        let reply = server.send(Http::One, asks).await;
        reply.problem();
        assert_eq!(reply.header("access-control-allow-origin"), Some("*"));
        assert_eq!(reply.header("access-control-expose-headers"), Some("*"));
    }
}

#[tokio::test]
async fn another_layer_that_catches_panics_inside_hides_that_it_was_one() {
    let (recorder, backstop) = Recorder::production();
    let catches = || tower_http::catch_panic::CatchPanicLayer::new();
    let inside = failing().layer(catches()).layer(backstop.layer());
    let reply = send(inside, request("GET", "/panic")).await;
    reply.assert_hidden(500, "Internal Server Error");
    assert_eq!(recorder.only().origin, "response");
    let outside = failing().layer(backstop.layer()).layer(catches());
    send(outside, request("GET", "/panic")).await;
    assert_eq!(recorder.only().origin, "panic");
}

#[tokio::test]
async fn a_proxied_response_passes_as_it_is_if_it_is_marked() {
    let (_, backstop) = Recorder::production();
    let upstream = async |_: Request| {
        let mut response = Response::new(axum::body::Body::from("as upstream sent it"));
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        response
            .extensions_mut()
            .insert(backstop::layers::Passthrough);
        Ok::<_, Infallible>(response)
    };
    let app = Router::new()
        .fallback_service(tower::service_fn(upstream))
        .layer(backstop.layer());
    let reply = send(app, request("GET", "/")).await;
    assert_eq!(
        (reply.status.as_u16(), reply.text()),
        (502, "as upstream sent it")
    );
}
