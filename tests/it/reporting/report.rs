//! What a report says, which failures have one, and how many.

use axum::Router;
use axum::body::Body;
use axum::routing::get as on_get;
use backstop::prelude::*;
use backstop::report::{Severity, User};
use backstop::settings::Reporting;
use backstop::{Backstop, BoxError, Context as _, Error, Failure, Origin, Report, Scope};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::json;
use tower::ServiceExt as _;

use crate::support::reports::{Reports, get, messages};

#[expect(clippy::panic, reason = "it is what is tested")]
fn router() -> Router {
    Router::new()
        .route(
            "/error",
            on_get(|| async {
                Err::<(), _>(
                    Error::msg("broken")
                        .with_field("sku", 7)
                        .with_code("BROKEN")
                        .with_details(json!({"a": 1})),
                )
            }),
        )
        .route(
            "/chain",
            on_get(|| async {
                let missing = std::fs::read("/no/such/file").context("loading the cart");
                missing.map(drop)
            }),
        )
        .route("/panic", on_get(|| async { panic!("out of cheese") as () }))
        .route(
            "/bare",
            on_get(|| async { StatusCode::SERVICE_UNAVAILABLE }),
        )
        .route(
            "/missing",
            on_get(|| async { Err::<(), _>(Error::msg("no").with_status(StatusCode::NOT_FOUND)) }),
        )
        .route(
            "/conflict",
            on_get(|| async { Err::<(), _>(Error::msg("no").with_status(StatusCode::CONFLICT)) }),
        )
}

fn found(reports: &Reports) -> Vec<(Origin, Option<u16>)> {
    let one = |report: Report| {
        (
            report.origin,
            report.response.map(|response| response.status),
        )
    };
    reports.all().into_iter().map(one).collect()
}

#[tokio::test]
async fn a_report_has_the_failure_its_request_and_its_machine_under_the_id_of_the_response() {
    let (backstop, reports) = Reports::with(
        Backstop::production()
            .app("shop", "1.2.3")
            .release_stage("staging")
            .reporting(Reporting::new().keep_headers([http::header::USER_AGENT])),
    );
    let app = router().layer(backstop.layer());
    let request = Request::get("/error?page=2&token=s3cr3t")
        .header("authorization", "Bearer s3cr3t")
        .header("user-agent", "curl")
        .header(
            "traceparent",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        )
        .body(Body::empty())
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    let report = reports.one();
    assert_eq!(
        response.headers()["x-error-id"].to_str().unwrap(),
        report.id.to_string()
    );
    assert_eq!(
        (report.severity, report.origin, report.handled),
        (Severity::Error, Origin::Handler, false)
    );
    assert_eq!(report.errors[0].message, "broken");
    assert_eq!(report.errors[0].location.as_ref().unwrap().file(), file!());
    let request = report.request.as_ref().unwrap();
    assert_eq!(
        (&*request.method, request.route.as_deref()),
        ("GET", Some("/error"))
    );
    assert!(
        request.url.starts_with("/error?page=2&token="),
        "{}",
        request.url
    );
    assert_eq!(request.headers["user-agent"], "curl");
    assert!(!serde_json::to_string(&report).unwrap().contains("s3cr3t"));
    assert_eq!(report.response.as_ref().unwrap().status, 500);
    assert_eq!(report.transaction.as_deref(), Some("GET /error"));
    assert_eq!(report.metadata["error"]["sku"], 7);
    assert_eq!(report.metadata["error"]["code"], "BROKEN");
    assert_eq!(report.metadata["error"]["details"], json!({"a": 1}));
    assert_eq!(
        report.trace_id.as_deref(),
        Some("4bf92f3577b34da6a3ce929d0e0e4736")
    );
    assert_eq!(report.span_id.as_deref(), Some("00f067aa0ba902b7"));
    let app = report.app.as_ref().unwrap();
    assert_eq!(
        (
            app.name.as_deref(),
            app.version.as_deref(),
            app.release_stage.as_deref()
        ),
        (Some("shop"), Some("1.2.3"), Some("staging"))
    );
    assert!(messages(&report).is_empty());
    let device = report.device.as_ref().unwrap();
    assert_eq!(
        (&*device.os, &*device.arch),
        (std::env::consts::OS, std::env::consts::ARCH)
    );
    assert!(device.hostname.is_some());
    assert!(
        report
            .thread
            .as_ref()
            .unwrap()
            .name
            .as_deref()
            .unwrap()
            .contains("a_report_has")
    );
    assert!(report.thread.as_ref().unwrap().id > 0);
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}

#[tokio::test]
async fn the_chain_is_reported_whole_and_the_fingerprint_has_types_and_file_but_no_message() {
    let (backstop, reports) = Reports::backstop();
    let app = router().layer(backstop.layer());
    for path in ["/chain", "/panic", "/bare"] {
        get(&app, path).await;
    }
    let [chain, panic, bare] = &reports.all()[..] else {
        panic!()
    };
    let messages: Vec<&str> = chain.errors.iter().map(|error| &*error.message).collect();
    assert_eq!(messages[0], "loading the cart");
    assert!(messages[1].starts_with("No such file"));
    let start = format!("v2:std::io::error::Error::NotFound {} /chain ", file!());
    assert!(
        chain.fingerprint.starts_with(&start),
        "{}",
        chain.fingerprint
    );
    let location = chain.errors[0].location.as_ref().unwrap();
    assert!(
        chain
            .site
            .as_ref()
            .unwrap()
            .starts_with(&location.to_string())
    );
    assert_eq!(panic.errors[0].message, "out of cheese");
    assert!(!panic.fingerprint.contains("cheese") && panic.fingerprint.contains("/panic"));
    assert!(
        bare.fingerprint.starts_with("v2:/bare "),
        "{}",
        bare.fingerprint
    );
}

#[tokio::test]
async fn from_500_on_panics_and_failed_bodies_are_reported_and_4xx_is_not() {
    let (backstop, reports) = Reports::backstop();
    let app = router()
        .route("/body", on_get(|| async { Body::new(Torn) }))
        .layer(backstop.layer());
    for path in ["/error", "/panic", "/bare", "/missing", "/nowhere"] {
        get(&app, path).await;
    }
    let _ = get(&app, "/body").await.into_body().collect().await;
    assert_eq!(
        found(&reports),
        [
            (Origin::Handler, Some(500)),
            (Origin::Panic, Some(500)),
            (Origin::Response, Some(503)),
            (Origin::Body, Some(200)),
        ]
    );
}

#[tokio::test]
async fn a_filter_widens_or_narrows_and_one_that_panics_decides_nothing() {
    let wide =
        Reporting::new().filter(|event| event.is_reported_by_default() || event.status() == 409);
    let narrow = Reporting::new().filter(|event| event.failure().origin() == Origin::Panic);
    let broken = Reporting::new().filter(|_| panic!("in a filter"));
    let expected: [(_, &[_]); 3] = [
        (wide, &[Some(500), Some(500), Some(503), Some(409)]),
        (narrow, &[Some(500)]),
        (broken, &[Some(500), Some(500), Some(503)]),
    ];
    for (reporting, statuses) in expected {
        let (backstop, reports) = Reports::with(Backstop::production().reporting(reporting));
        let app = router().layer(backstop.layer());
        for path in ["/error", "/panic", "/bare", "/missing", "/conflict"] {
            get(&app, path).await;
        }
        let found: Vec<_> = found(&reports)
            .into_iter()
            .map(|(_, status)| status)
            .collect();
        assert_eq!(found, statuses);
    }
}

#[tokio::test]
async fn a_type_is_ignored_whatever_the_filter_says_which_sees_the_origin() {
    let reporting = Reporting::new()
        .filter(|event| event.failure().origin() != Origin::Response)
        .ignore::<std::io::Error>();
    let (backstop, reports) = Reports::with(Backstop::production().reporting(reporting));
    let app = router().layer(backstop.layer());
    for path in ["/error", "/chain", "/bare", "/panic"] {
        get(&app, path).await;
    }
    assert_eq!(
        found(&reports),
        [(Origin::Handler, Some(500)), (Origin::Panic, Some(500))]
    );
}

#[tokio::test]
async fn nested_layers_report_once_for_each_backstop_and_under_one_id() {
    let (first, first_reports) = Reports::backstop();
    let (second, second_reports) = Reports::backstop();
    let app = router()
        .layer(first.layer())
        .layer(first.layer())
        .layer(second.layer())
        .layer(first.layer());
    for path in ["/error", "/panic", "/bare"] {
        get(&app, path).await;
    }
    let ids = |reports: &Reports| {
        reports
            .all()
            .iter()
            .map(|report| report.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&first_reports).len(), 3);
    assert_eq!(ids(&first_reports), ids(&second_reports));
}

#[tokio::test]
async fn an_error_that_was_reported_is_not_reported_again_not_even_as_a_cause() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                let error = Error::msg("broken").with_field("sku", 7);
                let id = scope.notify(&error).unwrap();
                assert_eq!(scope.notify(&error), Some(id));
                // It can still be said more of.
                Err::<(), _>(
                    error
                        .with_context("later")
                        .with_status(StatusCode::BAD_GATEWAY),
                )
            }),
        )
        .route(
            "/cause",
            on_get(|scope: Scope| async move {
                let error = Error::msg("broken");
                scope.notify(&error);
                let wrapped = std::io::Error::other(BoxError::from(error));
                Err::<(), _>(wrapped).or_internal("writing")
            }),
        )
        .layer(backstop.layer());
    let response = get(&app, "/").await;
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    let report = reports.one();
    assert_eq!(
        response.headers()["x-error-id"].to_str().unwrap(),
        report.id.to_string()
    );
    assert_eq!(
        (report.origin, report.handled, report.severity),
        (Origin::Notify, true, Severity::Warning)
    );
    assert_eq!(report.metadata["error"]["sku"], 7);
    assert_eq!(report.request.unwrap().url, "/");
    let response = get(&app, "/cause").await;
    assert_eq!(reports.all().len(), 2);
    assert_eq!(
        response.headers()["x-error-id"].to_str().unwrap(),
        reports.all()[1].id.to_string()
    );
}

#[tokio::test]
async fn the_event_wins_over_the_scope_and_the_scope_over_the_backstop() {
    let builder = Backstop::production()
        .attribute("region", "eu")
        .attribute("tier", "free");
    let (backstop, reports) = Reports::with(builder);
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.set_attribute("tier", "paid");
                scope.set_metadata("error", "code", "of the scope");
                scope.set_metadata("error", "details", json!({"scope": 1, "both": "scope"}));
                scope.set_user(User::new("u"));
                let error = Error::msg("broken").with_code("of the event");
                Err::<(), _>(error.with_details(json!({"event": 2, "both": "event"})))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    let report = reports.one();
    assert_eq!(report.attributes["region"], "eu");
    assert_eq!(report.attributes["tier"], "paid");
    assert_eq!(report.metadata["error"]["code"], "of the event");
    assert_eq!(
        report.metadata["error"]["details"],
        json!({"scope": 1, "event": 2, "both": "event"})
    );
}

#[tokio::test]
async fn every_standard_error_can_be_reported_also_behind_a_dyn() {
    let (backstop, reports) = Reports::backstop();
    let boxed: BoxError = "text".into();
    backstop.notify(&std::fmt::Error);
    backstop.notify(&*boxed);
    backstop.notify(&Error::msg("ours"));
    let wrapped: &(dyn std::error::Error + 'static) = &std::io::Error::other("inner");
    backstop.notify(wrapped);
    let messages: Vec<String> = reports
        .all()
        .iter()
        .map(|report| report.errors[0].message.clone())
        .collect();
    assert_eq!(
        messages,
        [
            "an error occurred when formatting an argument",
            "text",
            "ours",
            "inner"
        ]
    );
}

#[tokio::test]
async fn a_failure_rendered_by_hand_is_reported_too() {
    let (backstop, reports) = Reports::backstop();
    let request = Request::get("/by-hand").body(()).unwrap();
    let facts = backstop::RequestInfo::from_request(&request);
    let response: Response<_> = backstop.respond(&facts, Error::msg("broken"));
    let report = reports.one();
    assert_eq!(
        response.headers()["x-error-id"].to_str().unwrap(),
        report.id.to_string()
    );
    assert_eq!(report.attributes["scope"], "unknown");
    let _ = Failure::from_error(&std::fmt::Error);
}

/// A body that fails at once.
struct Torn;

impl http_body::Body for Torn {
    type Data = bytes::Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>> {
        std::task::Poll::Ready(Some(Err(std::io::Error::other("torn"))))
    }
}
