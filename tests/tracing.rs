//! Spans that carry the scope. The subscriber is the process's, so this is a binary of its own.
#![cfg(feature = "tracing-subscriber")]

mod reporting;

use std::sync::Once;

use axum::routing::{get as on_get, post};
use axum::{Json, Router};
use backstop::tracing::TracingLayer;
use backstop::{BreadcrumbKind, Error, Scope, Severity, prelude::*};
use http::{Request, StatusCode};
use tower::ServiceExt as _;
use tower_http::trace::TraceLayer;
use tracing::{Instrument as _, info, info_span};
use tracing_subscriber::layer::SubscriberExt as _;

use reporting::{Reports, get, messages};

#[expect(clippy::unwrap_used, reason = "so a test fails")]
fn subscribe() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let subscriber = tracing_subscriber::registry().with(TracingLayer::new());
        tracing::subscriber::set_global_default(subscriber).unwrap();
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_and_failures_in_an_instrumented_task_find_their_request() {
    subscribe();
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/{id}",
            on_get(|axum::extract::Path(id): axum::extract::Path<usize>| {
                async move {
                    let task = async move {
                        info!(id, "in the task");
                        tokio::task::yield_now().await;
                        info_span!("deeper")
                            .in_scope(|| Scope::current().breadcrumb(format!("{id}")));
                        Err::<(), _>(Error::msg(format!("{id}"))).intercept();
                    };
                    tokio::spawn(task.in_current_span()).await.unwrap();
                    let bare = tokio::spawn(async { Scope::current().is_active() });
                    assert!(!bare.await.unwrap());
                }
                .instrument(info_span!("handler"))
            }),
        )
        .layer(backstop.layer());
    let requests: Vec<_> = (0..100)
        .map(|id| {
            let app = app.clone();
            tokio::spawn(async move { get(&app, &format!("/{id}")).await.status() })
        })
        .collect();
    for request in requests {
        assert_eq!(request.await.unwrap(), StatusCode::OK);
    }
    let all = reports.all();
    assert_eq!(all.len(), 100);
    for report in all {
        let id = &report.errors[0].message;
        assert_eq!(messages(&report), ["in the task", &**id]);
        let crumb = &report.breadcrumbs[0];
        assert_eq!(
            (crumb.kind, crumb.level),
            (BreadcrumbKind::Log, Severity::Info)
        );
        assert_eq!(crumb.data["id"].to_string(), *id);
        assert_eq!(report.request.unwrap().url, format!("/{id}"));
        assert!(report.attributes.is_empty());
    }
}

#[tokio::test]
async fn a_span_made_around_the_layer_carries_its_one_request() {
    subscribe();
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.breadcrumb("request");
                let task = async { Err::<(), _>(Error::msg("broken")).intercept() };
                tokio::spawn(task.in_current_span()).await.unwrap();
            }),
        )
        .layer(backstop.layer())
        .layer(TraceLayer::new_for_http().make_span_with(|_: &Request<_>| info_span!("request")));
    get(&app, "/").await;
    assert_eq!(messages(&reports.one()), ["request"]);
}

#[tokio::test]
async fn a_span_around_several_requests_belongs_to_none() {
    subscribe();
    let (backstop, reports) = Reports::backstop();
    let app: Router = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.breadcrumb("request");
                Err::<(), _>(Error::msg("broken"))
            }),
        )
        .layer(backstop.layer());
    async {
        for number in 0..3 {
            // Each time the span is entered anew, as a connection's is.
            tokio::task::yield_now().await;
            get(&app, "/").await;
            assert_eq!(messages(&reports.all()[number]), ["request"]);
        }
        tokio::task::yield_now().await;
        let found = tokio::spawn(async { Scope::current().is_active() }.in_current_span());
        assert!(!found.await.unwrap());
    }
    .instrument(info_span!("connection"))
    .await;
    assert!(!Scope::current().is_active());
}

#[tokio::test]
async fn a_rejection_has_its_type_in_the_report() {
    subscribe();
    let (backstop, reports) = Reports::with(backstop::Backstop::production().filter(|_| true));
    let app: Router = Router::new()
        .route("/", post(|Json(_): Json<u8>| async {}))
        .layer(backstop.layer());
    let request = Request::post("/")
        .header("content-type", "application/json")
        .body(axum::body::Body::from("no json"))
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let report = reports.one();
    assert!(
        report.errors[0]
            .type_name
            .as_deref()
            .unwrap()
            .ends_with("JsonSyntaxError"),
        "{report:#?}"
    );
    assert!(report.fingerprint.contains("JsonSyntaxError"));
}

#[tokio::test]
async fn the_record_of_the_failure_itself_is_no_breadcrumb() {
    subscribe();
    let reports = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let kept = std::sync::Arc::clone(&reports);
    let builder =
        backstop::Backstop::production().tap(move |report| kept.lock().unwrap().push(report));
    let backstop = builder.build().unwrap();
    let app = Router::new()
        .route(
            "/",
            on_get(|| async {
                info!(count = 7, ratio = 0.5, ok = true, who = ?"me", "loaded");
                tracing::debug!("too fine");
                Err::<(), _>(Error::msg("broken"))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    let report = reports.lock().unwrap().remove(0);
    assert_eq!(messages(&report), ["loaded"]);
    let data = serde_json::to_value(&report.breadcrumbs[0].data).unwrap();
    let expected = serde_json::json!({"count": 7, "ratio": 0.5, "ok": true, "who": "\"me\"", "target": "tracing"});
    assert_eq!(data, expected);
}
