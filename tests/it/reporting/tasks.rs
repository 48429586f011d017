//! Background work without the panic hook: how tasks end is reported, with their spawn trace.

#![expect(clippy::unwrap_used, reason = "so a test fails")]

use std::panic::Location;
use std::time::Duration;

use axum::Router;
use axum::routing::get as on_get;
use backstop::prelude::*;
use backstop::report::Severity;
use backstop::reporters::Console;
use backstop::{Backstop, Context as _, Error, Origin, Report, Scope};
use http::StatusCode;

use crate::support::process::passed_alone;
use crate::support::reports::{Reports, get, messages};

/// The lines of this file at which the report's task was spawned.
#[track_caller]
fn spawned_at(report: &Report) -> Vec<u32> {
    let locations = report.metadata["task"]["spawned_at"].as_array().unwrap();
    let line = |at: &serde_json::Value| {
        let at = at.as_str().unwrap().strip_prefix(concat!(file!(), ":"));
        at.unwrap().split(':').next().unwrap().parse().unwrap()
    };
    locations.iter().map(line).collect()
}

#[track_caller]
fn line() -> u32 {
    Location::caller().line()
}

#[tokio::test]
async fn an_error_that_is_never_awaited_is_reported_with_the_scope_of_its_request() {
    let (backstop, reports) = Reports::backstop();
    let handler = |scope: Scope| async move {
        scope.add_breadcrumb("took the order");
        backstop::spawn(async {
            tokio::task::yield_now().await;
            Scope::current().add_breadcrumb("wrote the mail");
            std::fs::read("/no/such/file").context("sending the mail")?;
            Ok(())
        });
        "ordered"
    };
    let app = Router::new().route("/order", on_get(handler));
    let response = get(&app.layer(backstop.layer()), "/order").await;
    assert_eq!(response.status(), StatusCode::OK);
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    let report = reports.one();
    assert_eq!(report.origin, Origin::Task);
    assert_eq!((report.handled, report.severity), (false, Severity::Error));
    assert_eq!(report.errors[0].message, "sending the mail");
    assert_eq!(messages(&report), ["took the order", "wrote the mail"]);
    assert_eq!(report.request.as_ref().unwrap().url, "/order");
    assert_eq!(spawned_at(&report).len(), 1);
}

#[tokio::test]
async fn an_error_that_its_handler_returns_too_is_reported_once_and_under_one_id() {
    let (backstop, reports) = Reports::backstop();
    let handler = || async {
        let task = backstop::spawn(async {
            std::fs::read("/no/such/file").context("in the task")?;
            Ok(())
        });
        task.await?
    };
    let app = Router::new().route("/", on_get(handler));
    let response = get(&app.layer(backstop.layer()), "/").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let report = reports.one();
    assert_eq!(response.headers()["x-error-id"], *report.id.to_string());
    assert_eq!(report.origin, Origin::Task);
}

#[tokio::test]
async fn a_value_is_the_callers_and_is_not_reported() {
    let (backstop, reports) = Reports::backstop();
    let scope = backstop.scope();
    let sum = scope.run(|| backstop::spawn(async { Ok("7".parse::<u32>().or_internal("x")? + 1) }));
    assert_eq!(sum.await.unwrap().unwrap(), 8);
    let sum = scope.spawn(async { Err::<u8, _>("the caller's") });
    assert_eq!(sum.await.unwrap(), Err("the caller's"));
    assert!(reports.all().is_empty());
}

#[tokio::test]
async fn without_any_backstop_an_error_is_counted() {
    if passed_alone() {
        return;
    }
    let before = backstop::stats::unreported_count();
    let task = backstop::spawn(async { Err::<(), _>(Error::msg("unreported")) });
    assert_eq!(task.await.unwrap().unwrap_err().to_string(), "unreported");
    assert_eq!(backstop::stats::unreported_count(), before + 1);
}

#[tokio::test]
async fn a_panic_in_a_task_is_reported_once_without_a_hook_and_reaches_the_handle() {
    let (backstop, reports) = Reports::backstop();
    let handler = |scope: Scope| async move {
        scope.add_breadcrumb("in the handler");
        let spawned = scope.spawn(async {
            backstop::report::contextualize(async { panic!("out of cheese") }, |report| {
                report.attributes.insert("shelf".to_owned(), 7.into())
            })
            .await
        });
        let payload = spawned.await.unwrap_err().into_panic();
        assert_eq!(*payload.downcast_ref::<&str>().unwrap(), "out of cheese");
        let fallible = backstop::spawn(async { panic!("out of bread") as backstop::Result<()> });
        assert!(fallible.await.unwrap_err().is_panic());
    };
    let app = Router::new().route("/", on_get(handler));
    get(&app.layer(backstop.layer()), "/").await;
    let [cheese, bread] = &reports.all()[..] else {
        panic!("{:#?}", reports.all())
    };
    for (report, text) in [(cheese, "out of cheese"), (bread, "out of bread")] {
        assert_eq!(report.errors[0].message, text);
        assert_eq!(report.errors[0].type_name.as_deref(), Some("panic"));
        assert_eq!(report.origin, Origin::Task);
        assert_eq!((report.handled, report.severity), (false, Severity::Error));
        assert_eq!(report.request.as_ref().unwrap().url, "/");
        assert_eq!(messages(report), ["in the handler"]);
        assert!(report.thread.is_some());
    }
    assert_eq!(cheese.attributes["shelf"], 7);
    assert!(!bread.attributes.contains_key("shelf"));
}

#[tokio::test]
async fn a_panic_that_is_raised_again_is_reported_once_without_a_hook_too() {
    let (backstop, reports) = Reports::backstop();
    let handler = |scope: Scope| async move {
        let task = scope.spawn(async { panic!("out of cheese") });
        std::panic::resume_unwind(task.await.unwrap_err().into_panic()) as ()
    };
    let app = Router::new().route("/", on_get(handler));
    let response = get(&app.layer(backstop.layer()), "/").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let report = reports.one();
    assert_eq!(report.origin, Origin::Task);
    assert_eq!(response.headers()["x-error-id"], report.id.to_string());
    assert_eq!(report.request.unwrap().url, "/");
}

#[tokio::test]
async fn a_destructor_that_panics_after_the_response_was_made_is_reported_and_the_response_stays() {
    struct Responds;
    impl Future for Responds {
        type Output = Result<http::Response<axum::body::Body>, std::convert::Infallible>;
        fn poll(
            self: std::pin::Pin<&mut Self>,
            _cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Self::Output> {
            Scope::current().add_breadcrumb("responded");
            std::task::Poll::Ready(Ok(http::Response::new("well".into())))
        }
    }
    impl Drop for Responds {
        fn drop(&mut self) {
            panic!("in the destructor");
        }
    }
    let (backstop, reports) = Reports::backstop();
    let service = tower::service_fn(|_: http::Request<axum::body::Body>| async {
        tokio::task::yield_now().await;
        Responds.await
    });
    let bare = tower::service_fn(|_: http::Request<axum::body::Body>| Responds);
    let app = Router::new()
        .route_service("/inside", service)
        .route_service("/bare", tower::Layer::layer(&backstop.layer(), bare))
        .layer(backstop.layer());
    // Inside an `async` block it is a panic before the response.
    let response = get(&app, "/inside").await;
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let response = get(&app, "/bare").await;
    assert_eq!(response.status(), StatusCode::OK);
    let [inside, bare] = &reports.all()[..] else {
        panic!("{:#?}", reports.all())
    };
    assert_eq!(inside.response.as_ref().unwrap().status, 500);
    assert_eq!(bare.response.as_ref().unwrap().status, 200);
    assert_eq!(bare.origin, Origin::Panic);
    assert_eq!(bare.errors[0].message, "in the destructor");
    assert_eq!(messages(bare), ["responded"]);
}

#[tokio::test]
async fn a_trace_is_as_long_as_the_spawns_and_the_newest_comes_first() {
    let (backstop, reports) = Reports::backstop();
    let (outer, inner, thread) = (line() + 4, line() + 6, line() + 10);
    backstop
        .scope()
        .run(|| {
            backstop::spawn(async move {
                let job = async { Err::<(), _>(Error::msg("deep")).intercept() }
                    .in_scope(Scope::current());
                tokio::spawn(job).await.unwrap();
                let scope = Scope::current();
                let thread = move || {
                    scope.run(|| scope.run(|| Scope::current().notify(&std::fmt::Error)));
                };
                std::thread::spawn(thread).join().unwrap();
                Ok(())
            })
        })
        .await
        .unwrap()
        .unwrap();
    let [deep, in_thread] = &reports.all()[..] else {
        panic!("{:#?}", reports.all())
    };
    let run = outer - 1;
    assert_eq!(spawned_at(deep), [inner, outer, run]);
    // A thread comes from nowhere; a scope that is current already is not taken along again.
    assert_eq!(spawned_at(in_thread), [thread]);
    assert!(deep.trimmed.is_empty());
}

#[tokio::test]
async fn of_many_hops_the_newest_are_kept_and_the_report_says_so() {
    fn again(left: u32) -> tokio::task::JoinHandle<()> {
        Scope::current().spawn(async move {
            if left == 0 {
                backstop::notify(&std::fmt::Error);
            } else {
                again(left - 1).await.unwrap();
            }
        })
    }
    let (backstop, reports) = Reports::backstop();
    backstop.scope().run(|| again(10)).await.unwrap();
    let report = reports.one();
    assert_eq!(spawned_at(&report).len(), 8);
    assert_eq!(report.trimmed, ["oldest spawn sites: 4"]);
}

#[tokio::test]
async fn a_requests_own_reports_and_those_of_a_request_in_a_task_have_no_trace() {
    let (backstop, reports) = Reports::backstop();
    let app: Router = Router::new()
        .route("/", on_get(|| async { Err::<(), _>(Error::msg("own")) }))
        .layer(backstop.layer());
    get(&app, "/").await;
    let inside = app.clone();
    let task = backstop
        .scope()
        .spawn(async move { get(&inside, "/").await.status() });
    assert_eq!(task.await.unwrap(), StatusCode::INTERNAL_SERVER_ERROR);
    let all = reports.all();
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|report| report.metadata.is_empty()));
}

#[tokio::test]
async fn the_console_shows_a_long_trace_under_a_line() {
    #[derive(Clone, Default)]
    struct Paper(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);
    impl std::io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let paper = Paper::default();
    let console = Console::to(paper.clone());
    let backstop = Backstop::production()
        .log(false)
        .reporter(console)
        .build()
        .unwrap();
    let scope = backstop.scope();
    let line = line() + 1;
    let task = scope.spawn(async {
        Scope::current().set_metadata("task", "queue", "mails");
        backstop::notify(&std::fmt::Error);
    });
    task.await.unwrap();
    backstop.close(Duration::from_secs(60)).await;
    let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    let expected = format!(
        "  ---------------- spawned at -----------------\n      {}:{line}:22\n  Metadata:\n    task.queue  mails\n",
        file!()
    );
    assert!(text.contains(&expected), "{text}");
}
