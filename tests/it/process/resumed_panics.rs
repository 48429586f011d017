//! Panics that come to a layer from another task or thread by `resume_unwind`: each failure has one id of its own, and
//! the id leads to its own report.

#![expect(clippy::unwrap_used, reason = "so a test fails")]

use std::collections::{HashMap, HashSet};
use std::panic::resume_unwind;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::Path;
use axum::routing::get;
use axum::{Extension, Router};
use backstop::report::User;
use backstop::reporters::Memory;
use backstop::{Backstop, Origin, Report, Scope};
use http::Request;
use tokio::sync::Barrier;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt as _;

use crate::support::process::alone;

const LONG: Duration = Duration::from_secs(60);

/// A Backstop in production that reports the panics of the process, and its reports.
fn backstop() -> (Backstop, Memory) {
    std::panic::set_hook(Box::new(|_| {}));
    let memory = Memory::new();
    let builder = Backstop::production().log(false).reporter(memory.clone());
    let backstop = builder.build().unwrap();
    backstop.install_panic_hook().unwrap();
    (backstop, memory)
}

fn run(test: impl Future<Output = ()>) {
    alone(|| {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build();
        runtime.unwrap().block_on(test);
    });
}

/// The literal with which its `unwrap` panics is the same everywhere.
const fn nothing() -> Option<String> {
    None
}

/// The id in the error response to a GET.
async fn id_of(app: Router, path: String) -> String {
    id_among(app, path, Arc::new(Barrier::new(1))).await
}

/// The same, of one of several requests that fail at once.
async fn id_among(app: Router, path: String, siblings: Arc<Barrier>) -> String {
    let request = Request::get(path).extension(siblings);
    let request = request.body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    response.headers()["x-error-id"]
        .to_str()
        .unwrap()
        .to_owned()
}

/// The ids of as many requests at once.
async fn ids(app: &Router, count: usize) -> Vec<String> {
    let siblings = Arc::new(Barrier::new(count));
    let requests: JoinSet<_> = (0..count)
        .map(|number| {
            let asked = id_among(app.clone(), format!("/{number}"), Arc::clone(&siblings));
            async move { (number, asked.await) }
        })
        .collect();
    let mut ids = requests.join_all().await;
    ids.sort_unstable();
    ids.into_iter().map(|(_, id)| id).collect()
}

async fn by_id(backstop: &Backstop, memory: &Memory) -> HashMap<String, Arc<Report>> {
    assert!(backstop.flush(LONG).await.is_empty());
    let reports = memory.reports();
    let by_id: HashMap<_, _> = reports
        .iter()
        .map(|it| (it.id.to_string(), Arc::clone(it)))
        .collect();
    assert_eq!(by_id.len(), reports.len(), "no id is that of two reports");
    by_id
}

/// Lets other tasks run first, so many times.
async fn later(turns: usize) {
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
}

fn unlike(ids: &[String]) -> usize {
    ids.iter().collect::<HashSet<_>>().len()
}

/// Passes the task's panic on, once the tasks of all other requests have panicked too.
async fn hand_over(task: JoinHandle<()>, siblings: Extension<Arc<Barrier>>) {
    let panic = task.await.unwrap_err().into_panic();
    siblings.wait().await;
    resume_unwind(panic)
}

#[test]
fn requests_that_fail_at_once_with_equal_literals_have_ids_of_their_own() {
    run(async {
        let (backstop, memory) = backstop();
        let app = Router::new().route(
            "/{number}",
            get(|siblings| hand_over(tokio::spawn(async { drop(nothing().unwrap()) }), siblings)),
        );
        let app = app.layer(backstop.layer());
        let two = ids(&app, 2).await;
        assert_ne!(two[0], two[1]);
        let many = ids(&app, 200).await;
        assert_eq!(unlike(&many), 200);
        let reports = by_id(&backstop, &memory).await;
        for (number, id) in many.iter().enumerate() {
            let report = &reports[id];
            // What cannot be told apart is reported twice, but never under another request's id.
            if report.origin == Origin::Panic {
                assert_eq!(report.request.as_ref().unwrap().url, format!("/{number}"));
                let location = report.errors[0].location.as_ref().unwrap();
                assert_eq!(location.file(), file!());
            }
        }
    });
}

#[test]
fn requests_that_fail_at_once_with_equal_formatted_texts_are_reported_once_each() {
    run(async {
        let (backstop, memory) = backstop();
        let text = "out of cheese".to_owned();
        let app = Router::new().route(
            "/{number}",
            get(move |siblings| {
                let text = text.clone();
                hand_over(tokio::spawn(async move { panic!("{text}") }), siblings)
            }),
        );
        let ids = ids(&app.layer(backstop.layer()), 30).await;
        assert_eq!(unlike(&ids), 30);
        let reports = by_id(&backstop, &memory).await;
        assert!(ids.iter().all(|id| reports.contains_key(id)));
        assert_eq!(reports.len(), 30);
    });
}

#[test]
fn the_id_of_a_client_leads_to_the_report_of_its_own_user() {
    run(async {
        let (backstop, memory) = backstop();
        let app = Router::new().route(
            "/{number}",
            get(
                |Path(number): Path<usize>, scope: Scope, siblings| async move {
                    scope.set_user(User::new(format!("user-{number}")));
                    hand_over(scope.spawn(async { drop(nothing().unwrap()) }), siblings).await;
                },
            ),
        );
        let app = app.layer(backstop.layer());
        // As many as are remembered at once; all of them are matched.
        let few = ids(&app, 30).await;
        let reports = by_id(&backstop, &memory).await;
        assert_eq!(reports.len(), 30);
        let many = ids(&app, 200).await;
        assert_eq!(unlike(&many), 200);
        let reports = by_id(&backstop, &memory).await;
        for (number, id) in few.iter().enumerate().chain(many.iter().enumerate()) {
            let user = reports[id].user.as_ref().unwrap();
            assert_eq!(user.id, Some(format!("user-{number}")));
        }
    });
}

#[test]
fn panics_of_joined_sets_never_lend_their_id_to_another_request() {
    run(async {
        let (backstop, memory) = backstop();
        async fn fails(number: usize, turns: usize) {
            later(turns).await;
            // Two places with the same text.
            match number {
                0..50 => drop(nothing().unwrap()),
                _ => assert_eq!(nothing().unwrap(), ""),
            }
        }
        let app = Router::new().route(
            "/{number}",
            get(|Path(number): Path<usize>| async move {
                let mut set = JoinSet::new();
                set.spawn(fails(number, number % 7));
                set.spawn(later(number % 60));
                set.join_all().await;
            }),
        );
        let ids = ids(&app.layer(backstop.layer()), 100).await;
        assert_eq!(unlike(&ids), 100);
        let reports = by_id(&backstop, &memory).await;
        for (number, id) in ids.iter().enumerate() {
            if let Some(request) = &reports[id].request {
                assert_eq!(request.url, format!("/{number}"));
            }
        }
    });
}

#[test]
fn an_old_panic_with_the_same_text_has_nothing_to_do_with_a_request() {
    run(async {
        let (backstop, memory) = backstop();
        for text in [
            "not implemented".to_owned(),
            "not implemented: it".to_owned(),
        ] {
            let thread = std::thread::spawn(move || match &*text {
                "not implemented" => panic!("not implemented"),
                text => panic!("{text}"),
            });
            drop(thread.join().unwrap_err());
        }
        let app = Router::new()
            .route(
                "/literal",
                get(|| async { resume_unwind(Box::new("not implemented")) as () }),
            )
            .route(
                "/text",
                get(|| async { resume_unwind(Box::new("not implemented: it".to_owned())) as () }),
            );
        let app = app.layer(backstop.layer());
        let mut ids = Vec::new();
        for path in [
            "/literal", "/literal", "/literal", "/text", "/text", "/text",
        ] {
            ids.push(id_of(app.clone(), path.to_owned()).await);
        }
        assert_eq!(unlike(&ids), 6);
        let reports = by_id(&backstop, &memory).await;
        assert_eq!(reports.len(), 8);
        assert!(ids.iter().all(|id| reports[id].origin == Origin::Panic));
    });
}

#[test]
fn a_panic_that_was_dropped_does_not_become_the_next_one() {
    run(async {
        let (backstop, memory) = backstop();
        fn broken() {
            panic!("broken")
        }
        let app = Router::new().route(
            "/{number}",
            get(
                |Path(number): Path<u32>, scope: Scope, siblings| async move {
                    // Its payload is freed, so the next one may be at the same address.
                    drop(scope.spawn(async { broken() }).await);
                    match number {
                        0 => broken(),
                        1 => hand_over(tokio::spawn(async { broken() }), siblings).await,
                        2 => hand_over(scope.spawn(async { broken() }), siblings).await,
                        _ => hand_over(tokio::task::spawn_blocking(broken), siblings).await,
                    }
                },
            ),
        );
        let app = app.layer(backstop.layer());
        for round in 0..10 {
            for number in 0..4 {
                memory.clear();
                let id = id_of(app.clone(), format!("/{number}")).await;
                let reports = by_id(&backstop, &memory).await;
                let (own, others): (Vec<_>, Vec<_>) =
                    reports.values().partition(|it| it.id.to_string() == id);
                assert_eq!(own.len(), 1);
                assert!(
                    !others.is_empty(),
                    "round {round}, /{number}: the first one is a failure of its own"
                );
                assert!(reports.len() <= 3);
                if matches!(number, 0 | 2) {
                    assert_eq!(reports.len(), 2);
                }
            }
        }
    });
}

#[test]
fn a_panic_of_a_task_inside_of_a_task_is_reported_once() {
    run(async {
        let (backstop, memory) = backstop();
        let app = Router::new().route(
            "/",
            get(|scope: Scope| async move {
                let outer = scope.clone();
                let task = outer.spawn(async move {
                    let inner = scope.spawn(async { drop(nothing().unwrap()) });
                    resume_unwind(inner.await.unwrap_err().into_panic())
                });
                resume_unwind(task.await.unwrap_err().into_panic()) as ()
            }),
        );
        let id = id_of(app.layer(backstop.layer()), "/".to_owned()).await;
        let reports = by_id(&backstop, &memory).await;
        assert_eq!(reports.len(), 1);
        assert_eq!(reports[&id].origin, Origin::Task);
    });
}

#[test]
fn a_task_that_failed_before_the_request_is_a_failure_of_its_own() {
    run(async {
        let (backstop, memory) = backstop();
        let task = tokio::spawn(async { drop(nothing().unwrap()) });
        while !task.is_finished() {
            tokio::task::yield_now().await;
        }
        let task = Arc::new(tokio::sync::Mutex::new(Some(task)));
        let handler = move || {
            let task = Arc::clone(&task);
            async move {
                let task = task.lock().await.take().unwrap();
                resume_unwind(task.await.unwrap_err().into_panic()) as ()
            }
        };
        let app = Router::new()
            .route("/", get(handler))
            .layer(backstop.layer());
        let id = id_of(app, "/".to_owned()).await;
        let reports = by_id(&backstop, &memory).await;
        assert_eq!(reports.len(), 2);
        assert_eq!(reports[&id].request.as_ref().unwrap().url, "/");
    });
}
