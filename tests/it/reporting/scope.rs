//! The scope data of one request: what records it, what keeps it, where it ends.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::get as on_get;
use backstop::prelude::*;
use backstop::report::{
    Breadcrumb, BreadcrumbKind, FeatureFlag, Flatten, LogLine, ReportError, Severity,
    SourceLocation, User,
};
use backstop::{Backstop, Error, Origin, Scope};
use http_body::Frame;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};

use crate::support::process::passed_alone;
use crate::support::reports::{Reports, get, messages};

fn failing(scope: &Scope) -> Error {
    assert!(scope.is_active());
    Error::msg("broken")
}

#[tokio::test]
async fn the_report_has_everything_that_the_request_recorded() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/orders/{id}",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("text");
                scope.add_breadcrumb(
                    Breadcrumb::new("asked")
                        .with_kind(BreadcrumbKind::Request)
                        .with_level(Severity::Warning)
                        .with_data(json!({"attempt": 2})),
                );
                scope.set_attribute("text", "acme");
                scope.set_attribute("yes", true);
                scope.set_attribute("count", 3);
                scope.set_attribute("ratio", 0.5);
                scope.add_attributes(json!({"socket": {"bytes_read": 7}}));
                scope.add_attributes(
                    Flatten::new(json!({"_id": 1}))
                        .with_prefix("req")
                        .with_private(true),
                );
                scope.add_annotation("cart", json!({"items": [1, 2]}));
                scope.set_metadata("db", "pool", json!({"idle": 0}));
                scope.add_feature_flag("first");
                scope.add_feature_flag(FeatureFlag::new("second").with_variant("blue"));
                scope.log(Severity::Info, "a line");
                Err::<(), _>(failing(&scope))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/orders/7").await;
    let report = reports.one();
    assert_eq!(messages(&report), ["text", "asked"]);
    assert_eq!(report.breadcrumbs[1].data["attempt"], 2);
    assert_eq!(report.breadcrumbs[1].kind, BreadcrumbKind::Request);
    assert_eq!(
        serde_json::to_value(&report.attributes).unwrap(),
        json!({"text": "acme", "yes": true, "count": 3, "ratio": 0.5, "socket.bytes_read": 7, "req._id": 1})
    );
    assert_eq!(
        report.metadata["annotations"]["cart"],
        json!({"items": [1, 2]})
    );
    assert_eq!(report.metadata["db"]["pool"], json!({"idle": 0}));
    let flags: Vec<&str> = report
        .feature_flags
        .iter()
        .map(|flag| &*flag.name)
        .collect();
    assert_eq!(flags, ["first", "second"]);
    assert_eq!(report.logs[0].message, "a line");
    assert_eq!(report.transaction.as_deref(), Some("GET /orders/{id}"));
    assert!(report.trimmed.is_empty());
}

#[tokio::test]
async fn the_application_can_set_the_transaction_and_the_fingerprint() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.set_transaction("checkout");
                scope.set_fingerprint("ours");
                Err::<(), _>(failing(&scope))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    let report = reports.one();
    assert_eq!(
        (report.transaction.as_deref(), &*report.fingerprint),
        (Some("checkout"), "ours")
    );
}

#[tokio::test]
async fn clear_removes_everything_that_was_recorded() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/cleared",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("a");
                scope.set_attribute("a", 1);
                scope.add_annotation("a", 1);
                scope.set_metadata("s", "a", 1);
                scope.add_feature_flag("a");
                scope.set_user(User::new("a"));
                scope.log(Severity::Info, "a");
                scope.set_transaction("a");
                scope.set_fingerprint("a");
                let owned = Arc::new(());
                let alive = Arc::downgrade(&owned);
                scope.on_report(move |_| Arc::strong_count(&owned) == 0);
                scope.clear();
                assert_eq!(alive.strong_count(), 0, "callbacks are dropped too");
                Err::<(), _>(failing(&scope))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/cleared").await;
    let report = reports.one();
    assert_eq!(report.transaction.as_deref(), Some("GET /cleared"));
    assert_ne!(report.fingerprint, "a");
    assert!(report.breadcrumbs.is_empty() && report.attributes.is_empty());
    assert!(report.metadata.is_empty() && report.feature_flags.is_empty());
    assert!(report.logs.is_empty() && report.user.is_none());
}

#[test]
fn what_was_recorded_under_a_key_that_is_cut_can_be_removed_by_the_whole_key() {
    let (backstop, reports) = Reports::backstop();
    let scope = backstop.scope();
    let key = "k".repeat(300);
    scope.set_attribute(&*key, 1);
    scope.set_metadata(&*key, "a", 1);
    scope.remove_attribute(&key);
    scope.clear_metadata(&key);
    scope.notify(&std::fmt::Error);
    let report = reports.one();
    assert!(report.attributes.is_empty() && report.metadata.is_empty());
}

#[tokio::test]
async fn an_attribute_a_section_and_the_feature_flags_can_be_removed_alone() {
    let (backstop, reports) = Reports::backstop();
    let scope = backstop.scope();
    for key in ["kept", "gone"] {
        scope.set_attribute(key, 1);
        scope.set_metadata(key, "a", "x".repeat(15 * 1024));
        scope.add_feature_flag(key);
    }
    scope.remove_attribute("gone");
    scope.clear_metadata("gone");
    scope.clear_feature_flags();
    scope.notify(&std::fmt::Error);
    // What was removed does not count against the limit any more.
    for n in 0..7 {
        scope.set_metadata("kept", n.to_string(), "x".repeat(15 * 1024));
    }
    scope.notify(&std::fmt::Error);
    let [first, second] = &reports.all()[..] else {
        panic!()
    };
    assert_eq!(first.attributes.keys().collect::<Vec<_>>(), ["kept"]);
    assert_eq!(first.metadata.keys().collect::<Vec<_>>(), ["kept"]);
    assert!(first.feature_flags.is_empty());
    assert_eq!(second.metadata["kept"].len(), 8);
    assert!(second.trimmed.is_empty());
}

#[tokio::test]
async fn without_a_reporter_no_scope_is_active_and_nothing_is_recorded() {
    if passed_alone() {
        return;
    }
    let backstop = Backstop::production().log(false).build().unwrap();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.on_report(|_| unreachable!("nothing is reported"));
                assert_eq!(scope.notify(&std::fmt::Error), None);
                assert_eq!("x".parse::<u8>().intercept(), None);
                let job = async { Scope::current().is_active() };
                let is_active = scope.is_active() || scope.spawn(job).await.unwrap();
                is_active.to_string()
            }),
        )
        .layer(backstop.layer());
    let before = backstop::stats::unreported_count();
    let body = get(&app, "/").await.into_body().collect().await.unwrap();
    assert_eq!(body.to_bytes(), "false");
    assert!(!backstop.scope().is_active());
    // There is a Backstop that decides not to report, which is not the same as none.
    assert_eq!(backstop::stats::unreported_count(), before);
}

#[tokio::test]
async fn what_is_beyond_the_limits_is_left_out_and_said() {
    let (backstop, reports) = Reports::backstop();
    let scope = backstop.scope();
    for n in 0..150 {
        scope.add_breadcrumb(format!("{n}{}", "é".repeat(600)));
        scope.set_attribute(format!("{n}"), "x".repeat(5000));
        scope.log(Severity::Info, format!("{n}"));
        scope.add_feature_flag(format!("{n}"));
    }
    scope.add_annotation("big", "x".repeat(20_000));
    scope.add_breadcrumb(Breadcrumb::new("big").with_data(json!({"a": "x".repeat(20_000)})));
    for n in 0..20 {
        scope.set_metadata("s", n.to_string(), "x".repeat(10_000));
    }
    scope.notify(&std::fmt::Error);
    let report = reports.one();
    assert_eq!(report.breadcrumbs.len(), 100);
    assert!(
        report
            .breadcrumbs
            .iter()
            .all(|crumb| crumb.message.len() <= 1024)
    );
    assert_eq!(report.breadcrumbs[99].message, "big");
    assert!(report.breadcrumbs[99].data.is_empty());
    assert_eq!(
        (
            report.attributes.len(),
            report.feature_flags.len(),
            report.logs.len()
        ),
        (128, 128, 100)
    );
    assert!(report.attributes["0"].as_str().unwrap().len() == 4096);
    assert!(!report.metadata.contains_key("annotations"));
    assert_eq!(report.metadata["s"].len(), 13);
    let said = report.trimmed.join("\n");
    for what in [
        "oldest breadcrumbs: 51",
        "attributes beyond 128: 22",
        "feature flags beyond 128: 22",
        "oldest log lines: 50",
        "breadcrumb data over 16 KiB: 1",
        "metadata values over 16 KiB or nested too deeply: 1",
        "metadata beyond 128 KiB: 7",
        "texts cut short: 300",
    ] {
        assert!(said.contains(what), "{what} in\n{said}");
    }
}

#[tokio::test]
async fn the_scope_goes_along_by_in_scope_and_run_and_a_bare_spawn_says_that_it_is_lost() {
    let (backstop, reports) = Reports::backstop();
    let elsewhere = backstop.clone();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.set_attribute("own", true);
                tokio::spawn(
                    async {
                        Scope::current().add_breadcrumb("future");
                    }
                    .in_scope(&scope),
                )
                .await
                .unwrap();
                let moved = scope.clone();
                std::thread::spawn(move || moved.run(|| Scope::current().add_breadcrumb("thread")))
                    .join()
                    .unwrap();
                assert!(
                    !tokio::spawn(async { Scope::current().is_active() })
                        .await
                        .unwrap()
                );
                tokio::spawn(async move { elsewhere.notify(&std::fmt::Error) })
                    .await
                    .unwrap();
                Err::<(), _>(failing(&scope))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    let [lost, own] = &reports.all()[..] else {
        panic!()
    };
    assert_eq!(
        serde_json::to_value(&lost.attributes).unwrap(),
        json!({"scope": "unknown"})
    );
    assert!(lost.request.is_none());
    assert_eq!(messages(own), ["future", "thread"]);
    assert_eq!(
        serde_json::to_value(&own.attributes).unwrap(),
        json!({"own": true})
    );
}

#[tokio::test]
async fn outside_a_layer_a_scope_does_nothing_and_the_extractor_never_fails() {
    let scope = Scope::current();
    scope.add_breadcrumb("not recorded");
    scope.set_attribute("a", 1);
    scope.on_report(|_| false);
    assert!(!scope.is_active());
    assert_eq!(scope.notify(&std::fmt::Error), None);
    assert_eq!(scope.run(|| 7), 7);
    assert_eq!(async { 8 }.in_scope(&scope).await, 8);
    let app: Router = Router::new().route(
        "/",
        on_get(|scope: Scope| async move { scope.is_active().to_string() }),
    );
    let body = get(&app, "/")
        .await
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes();
    assert_eq!(body, "false");
}

#[tokio::test]
async fn contextualize_gives_the_value_and_edits_only_what_is_reported_inside() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.notify(&Error::msg("before"));
                let value = backstop::report::contextualize(
                    async {
                        tokio::task::yield_now().await;
                        Scope::current().notify(&Error::msg("inside"));
                        let nested = backstop::report::contextualize(
                            async { Scope::current().notify(&Error::msg("nested")) },
                            |report| report.attributes.insert("inner".into(), true.into()),
                        );
                        nested.await;
                        7
                    },
                    |report| {
                        report.attributes.insert("outer".into(), true.into());
                    },
                )
                .await;
                assert_eq!(value, 7);
                Err::<(), _>(failing(&scope))
            }),
        )
        .route(
            "/panic",
            on_get(|| {
                backstop::report::contextualize(async { panic!("inside") as () }, |report| {
                    report.attributes.insert("outer".into(), true.into())
                })
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    get(&app, "/panic").await;
    let found: Vec<(String, Value)> = reports
        .all()
        .into_iter()
        .map(|report| {
            (
                report.errors[0].message.clone(),
                serde_json::to_value(&report.attributes).unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("before".to_owned(), json!({})),
            ("inside".to_owned(), json!({"outer": true})),
            ("nested".to_owned(), json!({"outer": true, "inner": true})),
            ("broken".to_owned(), json!({})),
            ("inside".to_owned(), json!({"outer": true})),
        ]
    );
}

#[tokio::test]
async fn intercept_reports_the_error_as_handled_and_goes_on() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/orders/{id}",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("asking");
                let failed: Option<u8> = "x".parse().intercept();
                assert_eq!(failed, None);
                scope.add_breadcrumb("later");
                assert_eq!("7".parse::<u8>().intercept(), Some(7));
                assert_eq!(Err::<(), _>(Error::msg("ours")).intercept(), None);
                "fine"
            }),
        )
        .layer(backstop.layer());
    assert_eq!(get(&app, "/orders/7").await.status(), 200);
    let [first, second] = &reports.all()[..] else {
        panic!()
    };
    assert_eq!(
        (first.severity, first.origin, first.handled),
        (Severity::Warning, Origin::Intercept, true)
    );
    assert_eq!(
        first.errors[0].type_name.as_deref(),
        Some("core::num::error::ParseIntError")
    );
    assert_eq!(first.errors[0].location.as_ref().unwrap().file(), file!());
    // The report has what had happened until then, and of which request.
    assert_eq!(messages(first), ["asking"]);
    assert_eq!(first.transaction.as_deref(), Some("GET /orders/{id}"));
    assert_eq!(messages(second), ["asking", "later"]);
    assert_eq!(second.errors[0].message, "ours");
}

#[tokio::test]
async fn on_report_edits_or_drops_and_a_callback_that_panics_changes_nothing() {
    let (backstop, reports) = Reports::backstop();
    let alive = Arc::new(());
    let watched = Arc::clone(&alive);
    let app = Router::new()
        .route(
            "/{kept}",
            on_get(|Path(kept): Path<bool>, scope: Scope| async move {
                scope.on_report(|report| {
                    report.fingerprint = "edited".into();
                    true
                });
                scope.on_report(|report| {
                    report.errors.clear();
                    panic!("in a callback")
                });
                scope.on_report(move |_| Arc::strong_count(&watched) > 0 && kept);
                Err::<(), _>(failing(&scope))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/true").await;
    get(&app, "/false").await;
    let report = reports.one();
    assert_eq!((&*report.fingerprint, report.errors.len()), ("edited", 1));
    drop(app);
    assert_eq!(
        Arc::strong_count(&alive),
        1,
        "callbacks die with their request"
    );
}

#[tokio::test]
async fn a_callback_can_add_a_flag_a_log_line_and_a_cause() {
    let (backstop, reports) = Reports::backstop();
    let scope = backstop.scope();
    scope.on_report(|report| {
        let flag = FeatureFlag::new("button").with_variant("blue");
        report.feature_flags.push(flag);
        report.logs.push(LogLine::new(Severity::Warning, "slow"));
        let location = SourceLocation::new("src/pay.rs", 12, 5);
        let cause = ReportError::new("no response")
            .with_type("pay::Timeout")
            .with_location(location);
        report.errors.push(cause);
        true
    });
    scope.notify(&std::fmt::Error);
    let report = reports.one();
    assert_eq!(report.feature_flags[0].variant.as_deref(), Some("blue"));
    assert_eq!(report.logs[0].message, "slow");
    assert!(report.logs[0].timestamp >= report.timestamp);
    let json = serde_json::to_value(&report.errors[1]).unwrap();
    assert_eq!(
        json,
        json!({"type": "pay::Timeout", "message": "no response", "location": "src/pay.rs:12:5"})
    );
}

#[tokio::test]
async fn a_panic_leaves_no_scope_behind_on_the_thread() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("mine");
                panic!("out") as ()
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    assert!(!Scope::current().is_active());
    assert_eq!(messages(&reports.one()), ["mine"]);
    let scope = backstop.scope();
    let result = catch_unwind(AssertUnwindSafe(|| scope.run(|| panic!("out"))));
    assert!(result.is_err() && !Scope::current().is_active());
}

#[tokio::test]
async fn a_callback_whose_destructor_panics_while_another_panic_unwinds_does_not_abort() {
    struct Bomb;
    impl Drop for Bomb {
        fn drop(&mut self) {
            panic!("in the destructor");
        }
    }
    if passed_alone() {
        return;
    }
    let (backstop, _reports) = Reports::backstop();
    let scope = backstop.scope();
    let bomb = Bomb;
    scope.on_report(move |_| size_of_val(&bomb) == 0);
    let unwound = catch_unwind(AssertUnwindSafe(move || {
        let _last_handle = scope;
        panic!("first") as ()
    }));
    assert_eq!(
        unwound.unwrap_err().downcast_ref::<&str>().copied(),
        Some("first")
    );
}

#[tokio::test]
async fn code_that_runs_while_its_thread_ends_finds_no_scope_and_can_still_report() {
    struct Late(Backstop);
    impl Drop for Late {
        fn drop(&mut self) {
            assert!(!Scope::current().is_active());
            assert!(self.0.notify(&std::fmt::Error).is_some());
        }
    }
    thread_local! {
        static LATE: std::cell::RefCell<Option<Late>> = const { std::cell::RefCell::new(None) };
    }
    if passed_alone() {
        return;
    }
    let (backstop, reports) = Reports::backstop();
    let thread = std::thread::spawn(move || {
        // Dropped last, because it comes first: what Backstop has on this thread is gone by then.
        LATE.with(|late| late.replace(Some(Late(backstop.clone()))));
        assert!(backstop.scope().run(|| Scope::current().is_active()));
    });
    thread.join().unwrap();
    assert_eq!(reports.one().attributes["scope"], "unknown");
}

#[tokio::test]
async fn the_body_has_the_scope_of_its_request() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("handler");
                let mut frames = 0;
                let stream = futures_body(move || {
                    frames += 1;
                    Scope::current().add_breadcrumb(format!("frame {frames}"));
                    if frames < 3 {
                        Ok(Frame::data("chunk".into()))
                    } else {
                        Err("torn")
                    }
                });
                Body::new(stream)
            }),
        )
        .layer(backstop.layer());
    let response = get(&app, "/").await;
    assert!(response.into_body().collect().await.is_err());
    assert!(!Scope::current().is_active());
    let report = reports.one();
    assert_eq!(report.origin, Origin::Body);
    assert_eq!(
        messages(&report),
        ["handler", "frame 1", "frame 2", "frame 3"]
    );
    assert_eq!(report.response.unwrap().status, 200);
}

/// A body of unknown length from a closure.
fn futures_body(
    mut next: impl FnMut() -> Result<Frame<bytes::Bytes>, &'static str> + Send + Unpin + 'static,
) -> impl http_body::Body<Data = bytes::Bytes, Error = std::io::Error> + Send {
    struct Frames<F>(F);
    impl<F: FnMut() -> Result<Frame<bytes::Bytes>, &'static str> + Unpin> http_body::Body
        for Frames<F>
    {
        type Data = bytes::Bytes;
        type Error = std::io::Error;
        fn poll_frame(
            mut self: std::pin::Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<Frame<bytes::Bytes>, std::io::Error>>> {
            std::task::Poll::Ready(Some((self.0)().map_err(std::io::Error::other)))
        }
    }
    let _ = &mut next;
    Frames(next)
}

#[tokio::test]
async fn two_backstops_in_one_process_share_nothing() {
    let (inner, inner_reports) = Reports::backstop();
    let (outer, outer_reports) = Reports::backstop();
    let app = Router::new()
        .route("/", on_get(|scope: Scope| async move {
            scope.add_breadcrumb("of the inner");
            Err::<(), _>(failing(&scope))
        }))
        .layer(inner.layer())
        .layer(axum::middleware::from_fn(|scope: Scope, request: axum::extract::Request, next: axum::middleware::Next| async move {
            scope.add_breadcrumb("of the outer");
            next.run(request).await
        }))
        .layer(outer.layer());
    get(&app, "/").await;
    let (inner, outer) = (inner_reports.one(), outer_reports.one());
    assert_eq!(inner.id, outer.id);
    assert_eq!(messages(&inner), ["of the inner"]);
    assert_eq!(messages(&outer), ["of the outer"]);
}

#[tokio::test]
async fn nested_layers_of_one_backstop_share_one_scope_and_one_report() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route("/", on_get(|scope: Scope| async move {
            scope.add_breadcrumb("handler");
            Err::<(), _>(failing(&scope))
        }))
        .layer(backstop.layer())
        .layer(axum::middleware::from_fn(|scope: Scope, request: axum::extract::Request, next: axum::middleware::Next| async move {
            scope.add_breadcrumb("middleware");
            next.run(request).await
        }))
        .layer(backstop.layer());
    get(&app, "/").await;
    assert_eq!(messages(&reports.one()), ["middleware", "handler"]);
}

#[tokio::test]
async fn a_handle_that_outlives_its_request_still_reports_its_scope_data() {
    let (backstop, reports) = Reports::backstop();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    let sender = Arc::new(std::sync::Mutex::new(Some(sender)));
    let app = Router::new()
        .route(
            "/orders/{id}",
            on_get(move |scope: Scope| async move {
                scope.add_breadcrumb("request");
                let task = scope.spawn(async move {
                    receiver_gone().await;
                    Scope::current().add_breadcrumb("task");
                    Err::<(), _>(Error::msg("late")).intercept();
                });
                let _ = sender.lock().unwrap().take().unwrap().send(task);
                "gone"
            }),
        )
        .layer(backstop.layer());
    get(&app, "/orders/7").await;
    drop(app);
    receiver.await.unwrap().await.unwrap();
    let report = reports.one();
    assert_eq!(messages(&report), ["request", "task"]);
    assert_eq!(
        report.request.unwrap().route.as_deref(),
        Some("/orders/{id}")
    );
}

async fn receiver_gone() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nothing_recorded_means_no_scope_data_and_no_loss() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route("/", on_get(|| async { Err::<(), _>(Error::msg("broken")) }))
        .layer(backstop.layer());
    get(&app, "/").await;
    let report = reports.one();
    assert!(report.attributes.is_empty() && report.breadcrumbs.is_empty());
}

#[tokio::test]
async fn jobs_have_a_scope_of_their_own() {
    let (backstop, reports) = Reports::with(Backstop::production().attribute("region", "eu"));
    let scope = backstop.scope();
    let runs = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&runs);
    async {
        Scope::current().set_transaction("nightly");
        counted.fetch_add(1, Ordering::Relaxed);
        backstop.notify(&std::io::Error::other("disk"));
    }
    .in_scope(&scope)
    .await;
    let report = reports.one();
    assert_eq!(report.transaction.as_deref(), Some("nightly"));
    assert_eq!(report.origin, Origin::Notify);
    assert_eq!(
        serde_json::to_value(&report.attributes).unwrap(),
        json!({"region": "eu"})
    );
    assert_eq!(runs.load(Ordering::Relaxed), 1);
}

#[test]
fn handles_and_futures_are_send_and_sync() {
    fn is<T: Send + Sync + 'static>() {}
    is::<Scope>();
    is::<backstop::Report>();
    is::<backstop::report::ContextualizeFuture<std::future::Ready<()>>>();
    is::<backstop::report::InScopeFuture<std::future::Ready<()>>>();
}

#[tokio::test]
async fn what_is_reported_in_the_first_poll_has_its_request_and_the_wait_is_bounded() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/orders/{id}",
            on_get(|scope: Scope| async move {
                for _ in 0..100 {
                    scope.notify(&std::fmt::Error);
                }
            }),
        )
        .layer(backstop.layer());
    get(&app, "/orders/7").await;
    let all = reports.all();
    assert_eq!(all.len(), 100);
    let with_request = all.iter().filter(|report| report.request.is_some());
    assert_eq!(with_request.count(), 64);
}

#[tokio::test]
async fn a_request_inside_a_jobs_scope_has_scope_data_of_its_own() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                scope.add_breadcrumb("request");
                Err::<(), _>(failing(&scope))
            }),
        )
        .layer(backstop.layer());
    let job = backstop.scope();
    job.add_breadcrumb("job");
    async { get(&app, "/").await }.in_scope(&job).await;
    assert_eq!(messages(&reports.one()), ["request"]);
}

#[tokio::test]
async fn a_report_says_how_many_attributes_were_nested_too_deeply() {
    let (backstop, reports) = Reports::backstop();
    let app = Router::new()
        .route(
            "/",
            on_get(|scope: Scope| async move {
                let deep = |levels| (0..levels).fold(json!(1), |inner, _| json!({ "a": inner }));
                scope.add_attributes(json!({"deep": deep(16), "too": {"deep": deep(16)}}));
                scope.add_attributes(deep(15));
                Err::<(), _>(failing(&scope))
            }),
        )
        .layer(backstop.layer());
    get(&app, "/").await;
    let report = reports.one();
    assert_eq!(report.attributes.len(), 1, "{:?}", report.attributes);
    assert_eq!(report.trimmed, ["attributes nested too deeply: 2"]);
}
