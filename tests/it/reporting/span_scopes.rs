//! Spans that are not left when the code that entered them rests: no other code runs in their scope. The subscriber is
//! the process's, so each test has a process of its own.
#![expect(clippy::unwrap_used, reason = "so a test fails")]

use axum::Router;
use axum::routing::get as on_get;
use backstop::tracing::TracingLayer;
use backstop::{Backstop, Error, Report, Scope};
use tokio::sync::oneshot;
use tokio::task::{LocalSet, spawn_local};
use tracing::{Instrument as _, Span, info, info_span};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::reload;

use crate::support::process::passed_alone;
use crate::support::reports::{Reports, get, messages};

fn subscribe() {
    let subscriber = tracing_subscriber::registry().with(TracingLayer::new());
    tracing::subscriber::set_global_default(subscriber).unwrap();
}

/// A Backstop that reports for the process.
fn backstop() -> (Backstop, Reports) {
    let (backstop, reports) = Reports::backstop();
    backstop.install_panic_hook().unwrap();
    (backstop, reports)
}

/// Runs a request whose handler hands its span to `with`, and which records who it is.
async fn alice(backstop: &Backstop, with: impl FnOnce(Span) + Clone + Send + Sync + 'static) {
    let handler = move |scope: Scope| {
        let with = with.clone();
        async move {
            scope.set_user(backstop::report::User::new("alice"));
            scope.add_breadcrumb("alice's");
            with(info_span!("alice"));
        }
    };
    let app = Router::new().route("/alice", on_get(handler));
    let response = get(&app.layer(backstop.layer()), "/alice").await;
    assert_eq!(response.status(), 200);
}

#[track_caller]
fn assert_unknown(report: &Report) {
    assert_eq!(report.attributes["scope"], "unknown", "{report:#?}");
    assert_eq!((&report.user, &report.request), (&None, &None));
    assert!(report.breadcrumbs.is_empty(), "{report:#?}");
    assert!(!report.metadata.contains_key("task"), "{report:#?}");
}

#[track_caller]
fn assert_alice(report: &Report) {
    assert_eq!(
        report.user.as_ref().unwrap().id.as_deref(),
        Some("alice"),
        "{report:#?}"
    );
    assert_eq!(report.request.as_ref().unwrap().url, "/alice");
    assert_eq!(messages(report)[0], "alice's");
}

#[tokio::test]
async fn a_guard_held_across_an_await_lends_its_scope_to_no_other_task() {
    if passed_alone() {
        return;
    }
    subscribe();
    let (backstop, reports) = backstop();
    let (send, receive) = oneshot::channel();
    let local = LocalSet::new();
    local
        .run_until(async {
            let (hand, span) = oneshot::channel();
            let hand = std::sync::Arc::new(std::sync::Mutex::new(Some(hand)));
            alice(&backstop, move |span| {
                let hand = hand.lock().unwrap().take().unwrap();
                hand.send(span).unwrap();
            })
            .await;
            let span: Span = span.await.unwrap();
            let job = spawn_local(async move {
                let _entered = span.enter();
                receive.await.unwrap();
                backstop::notify(&Error::msg("of alice's job"));
            });
            tokio::task::yield_now().await;
            // While the job rests, with its span entered on this thread.
            backstop::notify(&Error::msg("of nobody"));
            spawn_local(async {
                assert!(!Scope::current().is_active());
                info!("bob's event");
                backstop::notify(&Error::msg("of bob"));
                // A span that is made now is not inside of alice's.
                info_span!("bob").in_scope(|| backstop::notify(&Error::msg("in bob's span")));
            })
            .await
            .unwrap();
            let nothing = || None::<String>;
            // What tracing calls the current span is alice's.
            let bobs = async move { drop(nothing().unwrap()) };
            spawn_local(bobs.in_current_span()).await.unwrap_err();
            let app: Router = Router::new()
                .route(
                    "/bob",
                    on_get(|scope: Scope| async move {
                        scope.add_breadcrumb("bob's");
                        let job = async { backstop::notify(&Error::msg("in bob's request")) };
                        tokio::spawn(job.instrument(info_span!("bob")))
                            .await
                            .unwrap();
                    }),
                )
                .layer(backstop.layer());
            spawn_local(async move { drop(get(&app, "/bob").await) })
                .await
                .unwrap();
            send.send(()).unwrap();
            job.await.unwrap();
        })
        .await;
    let all = reports.all();
    let find = |text: &str| all.iter().find(|it| it.errors[0].message == text).unwrap();
    for text in ["of nobody", "of bob"] {
        assert_unknown(find(text));
    }
    let in_span = find("in bob's span");
    assert_eq!(in_span.attributes["scope"], "unknown");
    assert_eq!(
        in_span.metadata["task"]["spans"].as_array().unwrap().len(),
        1,
        "{in_span:#?}"
    );
    assert_unknown(find("called `Option::unwrap()` on a `None` value"));
    let bobs = find("in bob's request");
    assert_eq!((messages(bobs), &bobs.user), (vec!["bob's"], &None));
    assert_eq!(bobs.request.as_ref().unwrap().url, "/bob");
    let alices = find("of alice's job");
    assert_alice(alices);
    assert_eq!(messages(alices), ["alice's"], "nobody else's breadcrumbs");
}

#[test]
fn a_layer_that_is_taken_out_of_the_subscriber_leaves_no_scope_on_the_thread() {
    if passed_alone() {
        return;
    }
    let (layer, handle) = reload::Layer::new(Some(TracingLayer::new()));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
    let (backstop, reports) = backstop();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let reloading = handle.clone();
        alice(&backstop, move |span| {
            let job = async move {
                backstop::notify(&Error::msg("before"));
                reloading.reload(None).unwrap();
            };
            tokio::spawn(job.instrument(span));
        })
        .await;
        // There is one worker, on whose thread the job has run.
        for _ in 0..20 {
            let unrelated = tokio::spawn(async {
                assert!(!Scope::current().is_active());
                Scope::current().add_breadcrumb("bob's");
                backstop::notify(&Error::msg("after"));
                panic!("bob")
            });
            unrelated.await.unwrap_err();
        }
        handle.reload(Some(TracingLayer::new())).unwrap();
        let again = async { Scope::current().is_active() };
        assert!(
            !tokio::spawn(again.instrument(info_span!("later")))
                .await
                .unwrap()
        );
    });
    let all = reports.all();
    let (before, after): (Vec<&Report>, Vec<&Report>) =
        all.iter().partition(|it| it.errors[0].message == "before");
    assert_eq!((before.len(), after.len()), (1, 40));
    assert_alice(before[0]);
    assert_eq!(messages(before[0]), ["alice's"]);
    after.into_iter().for_each(assert_unknown);
}

#[test]
fn a_thread_without_a_runtime_forgets_the_spans_of_a_layer_that_is_gone() {
    if passed_alone() {
        return;
    }
    let (layer, handle) = reload::Layer::new(Some(TracingLayer::new()));
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
    let (backstop, reports) = backstop();
    let scope = backstop.scope();
    scope.add_breadcrumb("alice's");
    let span = scope.run(|| info_span!("alice"));
    std::thread::spawn(move || {
        span.in_scope(|| {
            backstop::notify(&Error::msg("before"));
            handle.reload(None).unwrap();
        });
        backstop::notify(&Error::msg("after"));
    })
    .join()
    .unwrap();
    let all = reports.all();
    assert_eq!(messages(&all[0]), ["alice's"]);
    assert_unknown(&all[1]);
}

#[tokio::test]
async fn a_span_that_another_thread_exits_leaves_no_scope_behind() {
    if passed_alone() {
        return;
    }
    subscribe();
    let (backstop, reports) = backstop();
    let scope = backstop.scope();
    scope.add_breadcrumb("alice's");
    let span = scope.run(|| info_span!("alice"));
    let enter = |span: &Span| {
        span.with_subscriber(|(id, subscriber)| subscriber.enter(id))
            .unwrap();
    };
    let exit = |span: &Span| {
        span.with_subscriber(|(id, subscriber)| subscriber.exit(id))
            .unwrap();
    };
    let entered = span.clone();
    tokio::spawn(async move {
        enter(&entered);
        backstop::notify(&Error::msg("inside"));
    })
    .await
    .unwrap();
    std::thread::spawn(move || exit(&span)).join().unwrap();
    tokio::spawn(async { backstop::notify(&Error::msg("outside")) })
        .await
        .unwrap();
    let all = reports.all();
    assert_eq!(messages(&all[0]), ["alice's"]);
    assert_unknown(&all[1]);
}

#[tokio::test]
async fn the_innermost_span_decides_and_a_panic_leaves_it() {
    if passed_alone() {
        return;
    }
    subscribe();
    let (backstop, reports) = backstop();
    let span_of = |who: &'static str| {
        let scope = backstop.scope();
        scope.add_breadcrumb(who);
        scope.run(|| info_span!("job"))
    };
    let (outer, inner) = (span_of("outer"), span_of("inner"));
    let job = async move {
        backstop::notify(&Error::msg("1"));
        inner.in_scope(|| backstop::notify(&Error::msg("2")));
        let fails = || inner.in_scope(|| panic!("3"));
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(fails));
        assert!(caught.is_err());
        backstop::notify(&Error::msg("4"));
        tokio::task::yield_now().await;
        backstop::notify(&Error::msg("5"));
    };
    tokio::spawn(job.instrument(outer)).await.unwrap();
    let mut all = reports.all();
    all.sort_by_key(|report| report.errors[0].message.clone());
    let found: Vec<&str> = all.iter().flat_map(messages).collect();
    assert_eq!(found, ["outer", "inner", "inner", "outer", "outer"]);
}

#[tokio::test]
async fn a_subscriber_that_is_dropped_with_a_span_entered_leaves_no_scope_behind() {
    if passed_alone() {
        return;
    }
    let (backstop, reports) = backstop();
    let scope = backstop.scope();
    scope.add_breadcrumb("alice's");
    let subscriber = tracing_subscriber::registry().with(TracingLayer::new());
    let guard = tracing::subscriber::set_default(subscriber);
    let span = scope.run(|| info_span!("alice"));
    let entered = span.enter();
    backstop::notify(&Error::msg("inside"));
    drop(guard);
    drop(entered);
    backstop::notify(&Error::msg("outside"));
    let all = reports.all();
    assert_eq!(messages(&all[0]), ["alice's"]);
    assert_unknown(&all[1]);
}
