//! Spans that carry the scope. The subscriber is the process's, so each test has a process of its own.

use std::time::Duration;

use axum::routing::{get as on_get, post};
use axum::{Json, Router};
use backstop::prelude::*;
use backstop::report::{BreadcrumbKind, Severity};
use backstop::reporters::Memory;
use backstop::settings::Reporting;
use backstop::tracing::TracingLayer;
use backstop::{Error, Scope};
use http::{Request, StatusCode};
use tower::ServiceExt as _;
use tower_http::trace::TraceLayer;
use tracing::{Instrument as _, info, info_span};
use tracing_subscriber::layer::SubscriberExt as _;

use crate::support::process::passed_alone;
use crate::support::reports::{Reports, get, messages};

#[expect(clippy::unwrap_used, reason = "so a test fails")]
fn subscribe() {
    let subscriber = tracing_subscriber::registry().with(TracingLayer::new());
    tracing::subscriber::set_global_default(subscriber).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_and_failures_in_an_instrumented_task_find_their_request() {
    if passed_alone() {
        return;
    }
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
                            .in_scope(|| Scope::current().add_breadcrumb(format!("{id}")));
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

/// The spans that a report names, with the line of each.
#[expect(clippy::unwrap_used, reason = "so a test fails")]
fn spans(report: &backstop::Report) -> Vec<(&str, u32)> {
    let spans = report.metadata["task"]["spans"].as_array().unwrap();
    let spans = spans.iter().map(|span| {
        let (name, line) = span.as_str()?.split_once(concat!(" at ", file!(), ":"))?;
        Some((
            name.strip_prefix(concat!(module_path!(), "::"))?,
            line.parse().ok()?,
        ))
    });
    spans.collect::<Option<_>>().unwrap()
}

#[tokio::test]
async fn a_tasks_report_names_the_spans_in_which_it_failed_and_in_which_it_was_spawned() {
    if passed_alone() {
        return;
    }
    subscribe();
    let (backstop, reports) = Reports::backstop();
    let line = line!();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| {
                async move {
                    let job = async {
                        tokio::task::yield_now().await;
                        let _deep = info_span!("deep", secret = "hidden").entered();
                        drop(info_span!("over").entered());
                        panic!("in a span");
                    };
                    let panicking = scope.spawn(job.instrument(info_span!("job")));
                    assert!(panicking.await.unwrap_err().is_panic());
                    let failing = async { Err::<(), _>(Error::msg("in a span")) };
                    let failing = backstop::spawn(failing.instrument(info_span!("failing")));
                    assert!(failing.await.unwrap().is_err());
                    let plain = backstop::spawn(async { Err::<(), _>(Error::msg("in none")) });
                    assert!(plain.await.unwrap().is_err());
                    let carried = async { Err::<(), _>(Error::msg("carried")).intercept() };
                    tokio::spawn(carried.in_current_span()).await.unwrap();
                    let deeper = async {
                        let carried = async { Err::<(), _>(Error::msg("deeper")).intercept() };
                        tokio::spawn(carried.instrument(info_span!("deeper")));
                    };
                    scope.spawn(deeper).await.unwrap();
                    tokio::task::yield_now().await;
                    Err::<(), _>(Error::msg("the request's own"))
                }
                .instrument(info_span!("handler"))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    let [panicked, failed, plain, carried, deeper, own] = &reports.all()[..] else {
        panic!("{:#?}", reports.all())
    };
    let handler = ("handler", line + 29);
    assert_eq!(
        spans(panicked),
        [("deep", line + 8), ("job", line + 12), handler]
    );
    assert_eq!(spans(failed), [("failing", line + 15), handler]);
    assert_eq!(spans(plain), [handler]);
    assert_eq!(spans(carried), [handler]);
    assert!(!carried.metadata["task"].contains_key("spawned_at"));
    assert_eq!(spans(deeper), [("deeper", line + 23), handler]);
    assert!(deeper.metadata["task"].contains_key("spawned_at"));
    assert!(own.metadata.is_empty());
    assert!(!format!("{panicked:?}").contains("hidden"));
}

#[tokio::test]
async fn a_span_made_around_the_layer_carries_its_one_request() {
    if passed_alone() {
        return;
    }
    subscribe();
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("request");
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
    if passed_alone() {
        return;
    }
    subscribe();
    let (backstop, reports) = Reports::backstop();
    let app: Router = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("request");
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
    if passed_alone() {
        return;
    }
    subscribe();
    let (backstop, reports) = Reports::with(
        backstop::Backstop::production().reporting(Reporting::new().filter(|_| true)),
    );
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
async fn the_record_of_the_failure_itself_is_not_a_breadcrumb() {
    if passed_alone() {
        return;
    }
    subscribe();
    let memory = Memory::new();
    let builder = backstop::Backstop::production().reporter(memory.clone());
    let backstop = builder.build().unwrap();
    let app = Router::new()
        .route(
            "/",
            on_get(|| async {
                info!(count = 7, ratio = 0.5, ok = true, who = ?"me", "loaded");
                tracing::debug!("too fine");
                // As `#[instrument(err)]` does.
                tracing::error!(error = %Error::msg("no cheese"));
                info!(name: "order.placed", id = 7);
                Err::<(), _>(Error::msg("broken"))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    assert!(backstop.flush(Duration::from_secs(60)).await.is_empty());
    let report = memory.reports().remove(0);
    // An event without a message has that of its error, or its name.
    assert_eq!(messages(&report), ["loaded", "no cheese", "order.placed"]);
    let data = serde_json::to_value(&report.breadcrumbs[0].data).unwrap();
    let expected = serde_json::json!({"count": 7, "ratio": 0.5, "ok": true, "who": "\"me\"", "target": module_path!()});
    assert_eq!(data, expected);
}
