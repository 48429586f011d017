//! Responses without an error, whose error is in the log. The subscriber is the process's, so each test has a process of
//! its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use axum::Router;
use axum::routing::get as on_get;
use backstop::tracing::TracingLayer;
use backstop::{Error, Report};
use http::StatusCode;
use tower::ServiceExt as _;
use tower_http::trace::TraceLayer;
use tracing::{Level, error, instrument, warn};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::support::http::request;
use crate::support::process::passed_alone;
use crate::support::reports::{Reports, get};

fn subscribe(layer: TracingLayer) {
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::set_global_default(subscriber).unwrap();
}

fn texts(report: &Report) -> Vec<&str> {
    let errors = report.errors.iter();
    errors.map(|error| &*error.message).collect()
}

#[instrument(err)]
fn query() -> Result<(), std::io::Error> {
    Err(std::io::Error::other("db gone"))
}

async fn session() -> StatusCode {
    error!("an earlier one");
    error!(err = %"redis://app:s3cr3t@cache refused", "could not load the session");
    warn!("not an error");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn store() -> StatusCode {
    error!(error = "disk full", "could not save the session");
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn instrumented() -> (StatusCode, &'static str) {
    let _ = query();
    (StatusCode::BAD_GATEWAY, "BAD GATEWAY")
}

#[tokio::test]
async fn the_last_error_event_of_a_request_is_the_error_of_its_bare_response() {
    if passed_alone() {
        return;
    }
    subscribe(TracingLayer::new());
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route("/session", on_get(session).post(store))
        .route("/query", on_get(instrumented))
        .layer(TraceLayer::new_for_http())
        .layer(backstop.layer());
    for (method, path) in [("GET", "/session"), ("POST", "/session"), ("GET", "/query")] {
        let response = app.clone().oneshot(request(method, path)).await.unwrap();
        assert!(response.status().is_server_error());
    }
    let reports = reports.all();
    let [session, store, query] = reports.as_slice() else {
        unreachable!("not three reports: {reports:#?}");
    };
    let loading = "could not load the session";
    assert_eq!(
        texts(session),
        [loading, "redis://[REDACTED]@cache refused"]
    );
    assert_eq!(texts(store), ["could not save the session", "disk full"]);
    assert_eq!(texts(query), ["db gone"]);
    let location = session.errors[0].location.as_ref().unwrap();
    assert_eq!(location.file(), file!());
    assert_eq!(session.response.as_ref().unwrap().status, 500);
    let fingerprints = [session, store, query].map(|report| &*report.fingerprint);
    assert_ne!(fingerprints[0], fingerprints[1]);
    assert_ne!(fingerprints[1], fingerprints[2]);
}

#[tokio::test]
async fn what_says_more_than_its_status_keeps_its_own_errors() {
    if passed_alone() {
        return;
    }
    subscribe(TracingLayer::new());
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/error",
            on_get(|| async {
                error!("logged");
                Error::msg("its own")
            }),
        )
        .route(
            "/text",
            on_get(|| async {
                error!("logged");
                (StatusCode::INTERNAL_SERVER_ERROR, "its own")
            }),
        )
        .route("/silent", on_get(|| async { StatusCode::BAD_GATEWAY }))
        .layer(backstop.layer());
    for path in ["/error", "/text", "/silent"] {
        get(&app, path).await;
    }
    let reports = reports.all();
    let all: Vec<_> = reports.iter().map(texts).collect();
    assert_eq!(all, [["its own"], ["its own"], ["Bad Gateway"]]);
}

#[tokio::test]
async fn without_breadcrumbs_no_event_is_recorded() {
    if passed_alone() {
        return;
    }
    subscribe(TracingLayer::new().breadcrumbs(None::<Level>));
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route("/", on_get(store))
        .layer(backstop.layer());
    get(&app, "/").await;
    assert_eq!(texts(&reports.one()), ["Internal Server Error"]);
}
