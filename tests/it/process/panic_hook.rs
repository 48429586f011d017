//! Panics with the hook installed, each test in a process of its own, for there is one hook for all.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "panics are what is tested"
)]

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, resume_unwind};
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::panics::PanicHookErrorKind;
use backstop::report::{InScope as _, Severity};
use backstop::reporters::{Delivery, Memory, Reporter};
use backstop::settings::Reporting;
use backstop::{Backstop, Origin, Report, Scope};
use http::{Request, StatusCode};
use tower::{Layer as _, ServiceExt as _};

use crate::support::process::{CHILD, alone, child, output};

const LONG: Duration = Duration::from_secs(60);

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.unwrap().block_on(future)
}

/// A Backstop in production and what it reports.
fn backstop() -> (Backstop, Memory) {
    let memory = Memory::new();
    let builder = Backstop::production().log(false).reporter(memory.clone());
    (builder.build().unwrap(), memory)
}

/// All reports, of which there are so many: a flush waits for panics that are on their way, too.
async fn reports(backstop: &Backstop, memory: &Memory, count: usize) -> Vec<Arc<Report>> {
    assert!(backstop.flush(LONG).await.is_empty());
    let reports = memory.reports();
    assert!(reports.len() >= count, "{} of {count}", reports.len());
    reports
}

/// What is reported of a request to a handler that does this.
async fn report_of(backstop: &Backstop, memory: &Memory, run: fn()) -> Arc<Report> {
    let id = fail_in_handler(backstop, move || async move { run() }).await;
    let reports = reports(backstop, memory, 1).await;
    let report = reports.iter().find(|report| report.id.to_string() == id);
    Arc::clone(report.unwrap())
}

/// Runs this in a handler, which must fail, and returns the id of the error response.
async fn fail_in_handler<F>(
    backstop: &Backstop,
    run: impl Fn() -> F + Clone + Send + Sync + 'static,
) -> String
where
    F: Future<Output = ()> + Send,
{
    let handler = move || run();
    let app = Router::new()
        .route("/panic", get(handler))
        .layer(backstop.layer());
    let request = Request::get("/panic").body(Body::empty()).unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    let id = response.headers()["x-error-id"].to_str().unwrap();
    id.to_owned()
}

#[track_caller]
fn assert_at(report: &Report, message: &str, line: u32) {
    assert_eq!(report.errors[0].message, message);
    let location = report.errors[0].location.as_ref().unwrap();
    assert_eq!((location.file(), location.line()), (file!(), line));
}

#[inline(never)]
fn out_of_cheese() {
    panic!("out of cheese");
}
const OUT_OF_CHEESE: u32 = line!() - 2;

#[test]
fn a_panic_that_a_layer_catches_has_its_location_and_its_frames() {
    alone(|| {
        static CHAINED: AtomicUsize = AtomicUsize::new(0);
        std::panic::set_hook(Box::new(|_| {
            CHAINED.fetch_add(1, Ordering::Relaxed);
        }));
        let (backstop, memory) = backstop();
        backstop.install_panic_hook().unwrap();
        let report = block_on(report_of(&backstop, &memory, out_of_cheese));
        assert_eq!(report.origin, Origin::Panic);
        assert_at(&report, "out of cheese", OUT_OF_CHEESE);
        assert_eq!(CHAINED.load(Ordering::Relaxed), 1);
        assert_eq!(memory.reports().len(), 1);
        if cfg!(all(feature = "frames", target_os = "linux")) {
            let first = &report.frames[0];
            assert_eq!(
                first.function.as_deref(),
                Some(concat!(module_path!(), "::out_of_cheese"))
            );
            assert_eq!((first.in_app, first.line), (true, Some(OUT_OF_CHEESE)));
        }
        let again = block_on(report_of(&backstop, &memory, out_of_cheese));
        assert_eq!(report.fingerprint, again.fingerprint);
    });
}

#[test]
fn without_the_hook_a_panic_has_its_text() {
    alone(|| {
        let (backstop, memory) = backstop();
        let report = block_on(report_of(&backstop, &memory, out_of_cheese));
        assert_eq!(report.errors[0].message, "out of cheese");
        assert_eq!(report.errors[0].location, None);
        assert!(report.frames.is_empty());
    });
}

/// Panics in its destructor, and catches that.
struct Nested;

impl Drop for Nested {
    fn drop(&mut self) {
        assert!(catch_unwind(|| panic!("nested")).is_err());
    }
}

#[test]
fn of_several_panics_the_one_that_was_caught_is_reported() {
    alone(|| {
        let (backstop, memory) = backstop();
        backstop.install_panic_hook().unwrap();
        block_on(async {
            let report = report_of(&backstop, &memory, || {
                assert!(catch_unwind(|| panic!("first")).is_err());
                panic!("second {}", 2);
            });
            assert_at(&*report.await, "second 2", line!() - 2);
            let report = report_of(&backstop, &memory, || {
                let _nested = Nested;
                panic!("outer");
            });
            assert_at(&*report.await, "outer", line!() - 2);
            let report = report_of(&backstop, &memory, || {
                let first = catch_unwind(|| panic!("same")).unwrap_err();
                assert!(catch_unwind(|| panic!("other")).is_err());
                resume_unwind(first);
            });
            assert_at(&*report.await, "same", line!() - 4);
            let report = report_of(&backstop, &memory, || {
                let same = |text: &str| panic!("{text}");
                let first = catch_unwind(|| same("same")).unwrap_err();
                assert!(catch_unwind(|| panic!("{}", "same")).is_err());
                resume_unwind(first);
            });
            assert_at(&*report.await, "same", line!() - 5);
            let report = report_of(&backstop, &memory, || {
                assert!(catch_unwind(|| panic_any(7_u8)).is_err());
                panic_any(7_u32);
            });
            assert_at(&*report.await, "Box<dyn Any>", line!() - 2);
            // A panic that no hook has seen.
            let report = report_of(&backstop, &memory, || {
                assert!(catch_unwind(|| panic!("seen")).is_err());
                resume_unwind(Box::new("unseen"));
            });
            let report = report.await;
            assert_eq!(report.errors[0].message, "unseen");
            assert_eq!(report.errors[0].location, None);
            assert_eq!(memory.reports().len(), 6);
        });
    });
}

#[test]
fn a_panic_that_another_thread_hands_over_is_reported_once_and_with_its_location() {
    alone(|| {
        let (backstop, memory) = backstop();
        backstop.install_panic_hook().unwrap();
        block_on(async {
            let id = fail_in_handler(&backstop, || async {
                let task = tokio::task::spawn_blocking(out_of_cheese);
                resume_unwind(task.await.unwrap_err().into_panic());
            });
            let id = id.await;
            let reports = reports(&backstop, &memory, 1).await;
            assert_at(&reports[0], "out of cheese", OUT_OF_CHEESE);
            // Either the hook's thread was first or the layer: under one id, and no other report follows.
            assert_eq!(reports[0].id.to_string(), id);
            std::thread::spawn(|| panic!("the last one"))
                .join()
                .unwrap_err();
            let reports = self::reports(&backstop, &memory, 2).await;
            assert_eq!(reports[1].errors[0].message, "the last one");
        });
    });
}

#[test]
fn an_uncaught_panic_is_reported_without_a_request_or_with_the_one_of_its_scope() {
    alone(|| {
        let (backstop, memory) = backstop();
        backstop.install_panic_hook().unwrap();
        block_on(async {
            let task = tokio::spawn(async { out_of_cheese() });
            assert!(task.await.unwrap_err().is_panic());
            let all = reports(&backstop, &memory, 1).await;
            let report = &all[0];
            assert_at(report, "out of cheese", OUT_OF_CHEESE);
            assert_eq!(report.origin, Origin::Task);
            assert_eq!((report.handled, report.severity), (false, Severity::Error));
            assert_eq!(report.request, None);
            assert_eq!(report.attributes["scope"], "unknown");
            let start = format!("v2:panic {} ", file!());
            assert!(
                report.fingerprint.starts_with(&start),
                "{}",
                report.fingerprint
            );
            let site = format!("{}:{OUT_OF_CHEESE}:5", file!());
            assert!(report.site.as_ref().unwrap().starts_with(&site));

            std::thread::Builder::new()
                .name("miller".to_owned())
                .spawn(out_of_cheese)
                .unwrap()
                .join()
                .unwrap_err();
            let all = reports(&backstop, &memory, 2).await;
            let thread = all[1].thread.as_ref().unwrap();
            assert_eq!(thread.name.as_deref(), Some("miller"));

            let handler = |scope: Scope| async move {
                scope.add_breadcrumb("sent the mail");
                let _ = scope.spawn(async { out_of_cheese() }).await;
            };
            let app = Router::new()
                .route("/mail", get(handler))
                .layer(backstop.layer());
            let request = Request::get("/mail").body(Body::empty()).unwrap();
            let response = app.oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::OK);
            let all = reports(&backstop, &memory, 2).await;
            assert_eq!(all[2].request.as_ref().unwrap().url, "/mail");
            assert_eq!(all[2].breadcrumbs[0].message, "sent the mail");
            assert_eq!(all[2].origin, Origin::Task);
        });
    });
}

#[test]
fn a_panic_in_a_spawned_task_is_reported_once_with_its_location_even_if_it_is_caught_again() {
    alone(|| {
        let (backstop, memory) = backstop();
        backstop.install_panic_hook().unwrap();
        block_on(async {
            let id = fail_in_handler(&backstop, || async {
                let task = Scope::current().spawn(async { out_of_cheese() });
                resume_unwind(task.await.unwrap_err().into_panic());
            });
            let id = id.await;
            let line = line!() - 4;
            let all = reports(&backstop, &memory, 1).await;
            let report = &all[0];
            assert_at(report, "out of cheese", OUT_OF_CHEESE);
            assert_eq!(report.origin, Origin::Task);
            assert_eq!(report.id.to_string(), id);
            assert_eq!(report.request.as_ref().unwrap().url, "/panic");
            let spawned_at = report.metadata["task"]["spawned_at"][0].as_str().unwrap();
            let location = format!("{}:{line}:", file!());
            assert!(spawned_at.starts_with(&location), "{spawned_at}");
            if cfg!(all(feature = "frames", target_os = "linux")) {
                let mut names = report.frames.iter().filter_map(|it| it.function.as_deref());
                assert!(names.any(|name| name.ends_with("out_of_cheese")));
            }

            // Outside of every scope the task has one of its own.
            let task = backstop::spawn(async {
                Scope::current().add_breadcrumb("on its own");
                out_of_cheese();
                Ok(())
            });
            assert!(task.await.unwrap_err().is_panic());
            let failing = async { Err::<(), _>(backstop::Error::msg("out of bread")) };
            assert!(backstop::spawn(failing).await.unwrap().is_err());
            let all = reports(&backstop, &memory, 2).await;
            assert_at(&all[1], "out of cheese", OUT_OF_CHEESE);
            assert_eq!(all[1].breadcrumbs[0].message, "on its own");
            assert_eq!(all[2].errors[0].message, "out of bread");
            for report in &all[1..] {
                assert_eq!(report.origin, Origin::Task);
                assert!(report.attributes.is_empty() && report.request.is_none());
                assert!(report.metadata["task"].contains_key("spawned_at"));
            }
            assert_eq!(memory.reports().len(), 3);
        });
    });
}

#[test]
fn a_jobs_panics_have_its_scope_data_wherever_its_scope_was_taken() {
    alone(|| {
        let (backstop, memory) = backstop();
        backstop.install_panic_hook().unwrap();
        block_on(async {
            let job = backstop.scope();
            job.set_transaction("nightly import");
            let scope = job.clone();
            let _ = std::thread::spawn(move || scope.run(out_of_cheese)).join();
            let scope = job.clone();
            let _ = tokio::task::spawn_blocking(move || scope.run(out_of_cheese)).await;
            let _ = tokio::spawn(async { out_of_cheese() }.in_scope(&job)).await;
            let _ = job.spawn(async { out_of_cheese() }).await;
            let all = reports(&backstop, &memory, 4).await;
            for report in &all {
                assert_at(report, "out of cheese", OUT_OF_CHEESE);
                assert_eq!(report.origin, Origin::Task);
                assert_eq!(report.transaction.as_deref(), Some("nightly import"));
                let spawned_at = report.metadata["task"]["spawned_at"].as_array().unwrap();
                assert_eq!(spawned_at.len(), 1);
            }
            assert_eq!(all.len(), 4);
        });
    });
}

/// What a child writes to standard error.
fn stderr_of(value: &str) -> String {
    let output = output(&mut child(value));
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    let is_message = |line: &&str| !line.is_empty() && !line.starts_with("note:");
    let lines: Vec<&str> = text.lines().filter(is_message).collect();
    // `thread 'name' (1234) panicked at …` and the message are lines of their own.
    let messages = lines.iter().filter(|line| !line.contains(" panicked at "));
    messages.map(|line| format!("{line}\n")).collect()
}

#[test]
fn the_quiet_hook_prints_what_no_layer_responds_to() {
    struct Falls;
    impl Drop for Falls {
        fn drop(&mut self) {
            panic!("in a destructor");
        }
    }
    /// Responds; its destructor panics afterwards.
    struct Responds {
        _falls: Falls,
    }
    impl Future for Responds {
        type Output = Result<http::Response<Body>, std::convert::Infallible>;
        fn poll(
            self: std::pin::Pin<&mut Self>,
            _cx: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Self::Output> {
            std::task::Poll::Ready(Ok(http::Response::new(Body::empty())))
        }
    }
    if let Ok(mode) = std::env::var(CHILD) {
        let memory = Memory::new();
        let builder = Backstop::production().log(false).reporter(memory.clone());
        let backstop = builder.on_error(|_| panic!("a callback")).build().unwrap();
        let installed = match &*mode {
            "quiet" => backstop.install_quiet_panic_hook(),
            "loud again" => {
                backstop.install_quiet_panic_hook().unwrap();
                let (another, _) = self::backstop();
                let taken = another.install_panic_hook().unwrap_err();
                assert_eq!(taken.kind(), PanicHookErrorKind::Taken);
                backstop.install_panic_hook()
            }
            _ => backstop.install_panic_hook(),
        };
        installed.unwrap();
        block_on(async {
            fail_in_handler(&backstop, || async { panic!("in a handler") }).await;
            let service = tower::service_fn(|_: Request<Body>| Responds { _falls: Falls });
            let app = Router::new().route_service("/", backstop.layer().layer(service));
            let request = Request::get("/").body(Body::empty()).unwrap();
            assert_eq!(app.oneshot(request).await.unwrap().status(), StatusCode::OK);
            let all = reports(&backstop, &memory, 2).await;
            let texts = all.iter().map(|report| &*report.errors[0].message);
            let texts: Vec<&str> = texts.collect();
            assert_eq!(texts, ["in a handler", "in a destructor"]);
            let _ = tokio::spawn(async { panic!("a task") }).await;
            let _ = backstop.scope().spawn(async { panic!("a job") }).await;
            let _ = std::thread::spawn(|| panic!("a thread")).join();
        });
        return;
    }
    let loud = "in a handler\na callback\nin a destructor\na callback\na task\na job\na thread\n";
    assert_eq!(stderr_of("loud"), loud);
    assert_eq!(stderr_of("loud again"), loud);
    let quiet = "a callback\na callback\na task\na job\na thread\n";
    assert_eq!(stderr_of("quiet"), quiet);
}

#[test]
fn the_first_backstop_that_lives_is_the_processs() {
    alone(|| {
        let (first, first_memory) = backstop();
        let (second, second_memory) = backstop();
        first.install_panic_hook().unwrap();
        first.install_panic_hook().unwrap();
        let taken = second.install_panic_hook().unwrap_err();
        assert_eq!(taken.kind(), PanicHookErrorKind::Taken);
        block_on(async {
            assert!(std::thread::spawn(out_of_cheese).join().is_err());
            assert_eq!(reports(&first, &first_memory, 1).await.len(), 1);
            assert_eq!(second_memory.reports().len(), 0);
            drop(first);
            second.install_panic_hook().unwrap();
            assert!(std::thread::spawn(out_of_cheese).join().is_err());
            assert_eq!(reports(&second, &second_memory, 1).await.len(), 1);
        });
    });
}

#[test]
fn a_hook_of_the_applications_own_can_record_too() {
    alone(|| {
        let (backstop, memory) = backstop();
        let record = backstop.panic_recorder();
        std::panic::set_hook(Box::new(move |info| {
            record(info);
            println!("mine: {info}");
        }));
        let report = block_on(report_of(&backstop, &memory, out_of_cheese));
        assert_at(&report, "out of cheese", OUT_OF_CHEESE);
    });
}

#[test]
fn of_64_threads_that_panic_at_once_all_are_reported() {
    alone(|| {
        let (backstop, memory) = backstop();
        backstop.install_panic_hook().unwrap();
        let barrier = Arc::new(std::sync::Barrier::new(64));
        let threads: Vec<_> = (0..64)
            .map(|number| {
                let barrier = Arc::clone(&barrier);
                std::thread::spawn(move || {
                    barrier.wait();
                    panic!("{number}");
                })
            })
            .collect();
        for thread in threads {
            assert!(thread.join().is_err());
        }
        let reports = block_on(reports(&backstop, &memory, 64));
        let mut numbers: Vec<u32> = reports
            .iter()
            .map(|report| report.errors[0].message.parse().unwrap())
            .collect();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..64).collect::<Vec<_>>());
    });
}

#[test]
fn what_panics_while_reporting_is_not_reported() {
    struct Panicking;
    impl Reporter for Panicking {
        async fn deliver(&self, _batch: &[Arc<Report>]) -> Vec<Delivery> {
            panic!("this reporter panics");
        }
    }
    alone(|| {
        let memory = Memory::new();
        let builder = Backstop::production()
            .log(false)
            .reporter(memory.clone())
            .reporter(Panicking)
            .on_error(|_| panic!("a callback"))
            .reporting(
                Reporting::new()
                    .on_outcome(|_| panic!("another"))
                    .filter(|_| panic!("a filter")),
            );
        let backstop = builder.build().unwrap();
        backstop.install_panic_hook().unwrap();
        block_on(async {
            fail_in_handler(&backstop, || async { out_of_cheese() }).await;
            std::thread::spawn(|| panic!("the last one"))
                .join()
                .unwrap_err();
            let start = Instant::now();
            while memory.reports().len() < 2 && start.elapsed() < LONG {
                tokio::task::yield_now().await;
            }
        });
        let reports = memory.reports();
        let messages = reports.iter().map(|report| &*report.errors[0].message);
        let messages: Vec<&str> = messages.collect();
        assert_eq!(messages, ["out of cheese", "the last one"]);
        std::mem::forget(backstop);
    });
}

#[test]
fn a_process_that_panics_ends_as_it_would_without_the_hook() {
    if let Ok(value) = std::env::var(CHILD) {
        let (backstop, _memory) = backstop();
        if value == "with" {
            backstop.install_panic_hook().unwrap();
        }
        let caught = catch_unwind(AssertUnwindSafe(out_of_cheese)).unwrap_err();
        resume_unwind(caught);
    }
    let (with, without) = ["with", "without"]
        .map(|value| output(&mut child(value)))
        .into();
    assert_eq!(with.status, without.status);
    assert!(!with.status.success());
    let stderr = |output: &Output| {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        // `thread 'name' (1234) panicked`: the number differs.
        text.split_whitespace()
            .filter(|word| !word.starts_with('('))
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert!(stderr(&with).contains("out of cheese"), "{with:?}");
    assert_eq!(stderr(&with), stderr(&without));
}
