//! The end of a service: by a panic, by its own wish, by an error.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "panics are what is tested"
)]

use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{self, Poll, Waker};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use backstop::panics::OnPanic;
use backstop::report::Severity;
use backstop::reporters::{Delivery, Memory, Reporter};
use backstop::settings::PanicSettings;
use backstop::{Backstop, Builder, Context as _, Error, Origin, Report};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::support::process::{alone, alone_with};

const LONG: Duration = Duration::from_secs(60);
const SHUT_DOWN: OnPanic = OnPanic::ShutDown { grace: LONG };

fn builder(memory: &Memory) -> Builder {
    Backstop::production()
        .log(false)
        .reporter(memory.clone())
        .on_panic(settings(OnPanic::KeepRunning))
}

/// Settings without a timeout that a loaded machine could reach.
fn settings(on_panic: OnPanic) -> PanicSettings {
    PanicSettings::new(on_panic)
        .crash_timeout(LONG)
        .close_timeout(LONG)
}

fn is_signalled(backstop: &Backstop) -> bool {
    let signal = pin!(backstop.shutdown_signal());
    let mut cx = task::Context::from_waker(Waker::noop());
    signal.poll(&mut cx) == Poll::Ready(())
}

/// Sends a request and returns the whole response.
async fn ask(address: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    response
}

async fn panics() {
    panic!("out of cheese");
}

#[tokio::test]
async fn a_fatal_panic_gets_a_response_and_a_report_and_then_the_service_finishes_what_it_has_begun()
 {
    let memory = Memory::new();
    let (called, calls) = mpsc::channel();
    let seen = memory.clone();
    let on_panic = settings(SHUT_DOWN)
        .on_shutdown(|_| panic!("a callback"))
        .on_shutdown(move |failure| {
            let arrived = seen.reports().iter().any(|it| it.id == failure.id());
            called.send((failure.id(), arrived)).unwrap();
        });
    let backstop = builder(&memory).on_panic(on_panic).build().unwrap();
    assert!(!backstop.has_fatal_panic());
    let (begun, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let slow = {
        let (begun, finish) = (Arc::clone(&begun), Arc::clone(&finish));
        async move || {
            begun.notify_one();
            finish.notified().await;
            "finished"
        }
    };
    let app: Router = Router::new()
        .route("/slow", get(slow))
        .route("/panics", get(panics))
        .layer(backstop.layer());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = axum::serve(listener, app).with_graceful_shutdown(backstop.shutdown_signal());
    let server = tokio::spawn(async move { serving.await });

    let slow = tokio::spawn(ask(address, "/slow"));
    begun.notified().await;
    let response = ask(address, "/panics").await;
    assert!(response.starts_with("HTTP/1.1 500 "), "{response}");
    tokio::time::timeout(LONG, backstop.shutdown_signal())
        .await
        .unwrap();
    assert!(backstop.has_fatal_panic());
    // The signal came after the callback, and that after the report.
    let (id, arrived) = calls.try_recv().unwrap();
    assert!(arrived);
    assert!(
        response.contains(&format!("x-error-id: {id}")),
        "{response}"
    );
    finish.notify_one();
    assert!(slow.await.unwrap().ends_with("finished"));
    let ended = tokio::time::timeout(LONG, server).await.unwrap();
    ended.unwrap().unwrap();
    assert!(TcpStream::connect(address).await.is_err());
    assert!(calls.try_recv().is_err(), "one panic, one call");
}

#[tokio::test]
async fn unless_it_is_asked_for_no_panic_shuts_a_service_down() {
    let memory = Memory::new();
    let backstop = builder(&memory).build().unwrap();
    let app: Router = Router::new()
        .route("/", get(panics))
        .layer(backstop.layer());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = tokio::spawn(async move { axum::serve(listener, app).await });
    ask(address, "/").await;
    backstop.flush(LONG).await;
    assert_eq!(memory.reports().len(), 1);
    assert!(!is_signalled(&backstop));
    assert!(ask(address, "/").await.starts_with("HTTP/1.1 500 "));
    server.abort();

    let waiting: Vec<_> = (0..3)
        .map(|_| tokio::spawn(backstop.shutdown_signal()))
        .collect();
    backstop.request_shutdown();
    for waiting in waiting {
        tokio::time::timeout(LONG, waiting).await.unwrap().unwrap();
    }
    assert!(is_signalled(&backstop), "later callers too");
    assert!(!backstop.has_fatal_panic());
}

#[tokio::test]
async fn a_signal_that_cannot_be_given_any_more_never_comes() {
    let backstop = builder(&Memory::new()).build().unwrap();
    let mut signal = pin!(backstop.shutdown_signal());
    drop(backstop);
    let mut cx = task::Context::from_waker(Waker::noop());
    assert_eq!(signal.as_mut().poll(&mut cx), Poll::Pending);
}

/// Fails by a panic in a body, whose head has left.
async fn panic_in_a_body(backstop: &Backstop) {
    use tower::{Layer as _, ServiceExt as _};
    let service = tower::service_fn(|_: http::Request<()>| async {
        let body = axum::body::Body::from_stream(futures_util::stream::poll_fn(
            |_| -> Poll<Option<io::Result<bytes::Bytes>>> { panic!("in the body") },
        ));
        Ok::<_, io::Error>(http::Response::new(body))
    });
    let service = backstop.layer().layer(service);
    let response = service.oneshot(http::Request::new(())).await.unwrap();
    let body = axum::body::to_bytes(response.into_body(), 1024).await;
    assert!(body.is_err());
}

#[tokio::test]
async fn the_last_resort_is_called_when_the_grace_is_over_and_a_handle_is_left() {
    let (called, calls) = mpsc::channel();
    let grace = Duration::from_millis(1);
    let on_panic = settings(OnPanic::ShutDown { grace }).on_grace_over(move |failure| {
        called
            .send(failure.chain()[0].message().to_owned())
            .unwrap()
    });
    let backstop = builder(&Memory::new()).on_panic(on_panic).build().unwrap();
    panic_in_a_body(&backstop).await;
    assert_eq!(calls.recv_timeout(LONG).unwrap(), "in the body");

    let (called, calls) = mpsc::channel();
    let on_panic = settings(SHUT_DOWN).on_grace_over(move |_| called.send(()).unwrap());
    let backstop = builder(&Memory::new()).on_panic(on_panic).build().unwrap();
    panic_in_a_body(&backstop).await;
    backstop.shutdown_signal().await;
    drop(backstop);
    // The callback went with its Backstop, uncalled.
    let gone = calls.recv_timeout(LONG);
    assert_eq!(gone, Err(mpsc::RecvTimeoutError::Disconnected));
}

/// Never done.
struct Stuck;

impl Reporter for Stuck {
    async fn deliver(&self, _batch: &[Arc<Report>]) -> Vec<Delivery> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_reporter_that_hangs_delays_the_shutdown_by_at_most_the_crash_timeout() {
    let stuck = |timeout| {
        let builder = Backstop::production().log(false).reporter(Stuck);
        let on_panic = settings(SHUT_DOWN).crash_timeout(timeout);
        builder.on_panic(on_panic).build().unwrap()
    };
    let (patient, hasty) = (stuck(LONG), stuck(Duration::from_millis(1)));
    panic_in_a_body(&patient).await;
    panic_in_a_body(&hasty).await;
    tokio::time::timeout(LONG / 2, hasty.shutdown_signal())
        .await
        .unwrap();
    // Only the timeouts of the two differ, and this one panicked first.
    assert!(!is_signalled(&patient));
    for backstop in [patient, hasty] {
        backstop.close(Duration::ZERO).await;
    }
}

#[test]
fn with_the_hook_a_panic_of_a_bare_task_is_fatal_too_but_none_in_a_callback() {
    alone(|| {
        let memory = Memory::new();
        let backstop = builder(&memory)
            .on_panic(settings(SHUT_DOWN))
            .on_error(|_| panic!("a callback"))
            .build()
            .unwrap();
        backstop.install_panic_hook().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            use tower::{Layer as _, ServiceExt as _};
            let fails = tower::service_fn(|_: http::Request<()>| async {
                Err::<http::Response<axum::body::Body>, _>(io::Error::other("out of tea"))
            });
            let service = backstop.layer().layer(fails);
            let _ = service.oneshot(http::Request::new(())).await;
            backstop.flush(LONG).await;
            assert_eq!(memory.reports().len(), 1);
            assert!(!is_signalled(&backstop));
            let _ = tokio::spawn(panics()).await;
            let signal = tokio::time::timeout(LONG, backstop.shutdown_signal());
            signal.await.unwrap();
        });
        let last = memory.reports().pop().unwrap();
        assert_eq!(last.errors[0].message, "out of cheese");
    });
}

#[test]
fn the_exit_code_is_a_success_for_what_ends_well_and_a_failure_for_all_else() {
    alone(|| {
        let run = |on_panic: OnPanic, end: End| {
            let memory = Memory::new();
            let builder = builder(&memory).on_panic(settings(on_panic));
            let backstop = builder.build().unwrap();
            let runtime = tokio::runtime::Runtime::new().unwrap();
            let guard = backstop.guard();
            let result = runtime.block_on(async {
                tokio::select! {
                    result = end.of(backstop.clone()) => result,
                    () = backstop.grace_over() => Ok(()),
                }
            });
            let code = guard.exit_code(result);
            // What did not end when it was to is not waited for.
            runtime.shutdown_background();
            let stats = &backstop.stats().reporters[0];
            assert_eq!(stats.captured(), stats.delivered() + stats.dropped());
            assert_eq!(stats.queued(), 0);
            (code, memory.reports())
        };
        let (code, reports) = run(OnPanic::KeepRunning, End::Well);
        assert_eq!((code, reports.len()), (ExitCode::SUCCESS, 0));

        let (code, reports) = run(OnPanic::KeepRunning, End::Error);
        assert_eq!((code, reports.len()), (ExitCode::FAILURE, 1));
        assert_eq!(reports[0].errors[0].message, "opening the shop");
        assert_eq!(reports[0].errors[1].message, "out of tea");
        assert_eq!(reports[0].origin, Origin::Task);
        assert!(!reports[0].handled);
        assert_eq!(reports[0].severity, Severity::Error);

        let (code, reports) = run(OnPanic::KeepRunning, End::AfterPanic);
        assert_eq!((code, reports.len()), (ExitCode::SUCCESS, 1));
        let (code, reports) = run(SHUT_DOWN, End::AfterPanic);
        assert_eq!((code, reports.len()), (ExitCode::FAILURE, 1));
        // It would never end; the grace does.
        let grace = Duration::from_millis(1);
        let (code, reports) = run(OnPanic::ShutDown { grace }, End::Never);
        assert_eq!((code, reports.len()), (ExitCode::FAILURE, 1));
    });
}

/// How an application's future ends.
#[derive(Clone, Copy, Eq, PartialEq)]
enum End {
    Well,
    Error,
    /// One of its requests panics, and then it shuts down.
    AfterPanic,
    Never,
}

impl End {
    async fn of(self, backstop: Backstop) -> backstop::Result<()> {
        match self {
            Self::Well => {}
            Self::Error => {
                let error: Result<(), _> = Err(io::Error::other("out of tea"));
                error.context("opening the shop")?;
            }
            Self::AfterPanic | Self::Never => {
                panic_in_a_body(&backstop).await;
                if self == Self::Never {
                    tokio::task::spawn_blocking(|| std::thread::park_timeout(LONG));
                    std::future::pending::<()>().await;
                }
            }
        }
        Ok(())
    }
}

#[test]
fn the_guard_says_where_an_error_left_main_and_waits_no_longer_than_it_may() {
    alone(|| {
        let memory = Memory::new();
        let on_panic = PanicSettings::default().close_timeout(Duration::from_millis(1));
        let builder = builder(&memory).reporter(Stuck).on_panic(on_panic);
        let backstop = builder.build().unwrap();
        let start = Instant::now();
        let guard = backstop.guard();
        let code = guard.exit_code(Err(io::Error::other("out of tea")));
        let line = line!() - 1;
        assert!(start.elapsed() < LONG / 2);
        assert_eq!(code, ExitCode::FAILURE);
        for stats in backstop.stats().reporters {
            // What has not arrived is counted; the worker may still have it in its hands.
            assert_eq!(stats.captured(), 1);
            assert_eq!(stats.delivered() + stats.dropped() + stats.queued(), 1);
        }
        if let Some(report) = memory.reports().first() {
            let location = report.errors[0].location.as_ref().unwrap();
            assert_eq!((location.file(), location.line()), (file!(), line));
        }
    });
}

#[test]
fn a_guard_that_is_dropped_delivers_what_was_reported_in_every_kind_of_main() {
    fn fails(memory: &Memory) {
        let backstop = builder(memory).build().unwrap();
        let _guard = backstop.guard();
        backstop.notify(&io::Error::other("out of tea"));
        drop(std::thread::spawn(|| panic!("a thread")).join());
    }
    alone(|| {
        let memory = Memory::new();
        fails(&memory);
        let current_thread = tokio::runtime::Builder::new_current_thread().build();
        let multi_thread = tokio::runtime::Builder::new_multi_thread().build();
        for runtime in [current_thread, multi_thread] {
            runtime.unwrap().block_on(async { fails(&memory) });
        }
        let mut messages: Vec<String> = memory
            .reports()
            .iter()
            .map(|report| report.errors[0].message.clone())
            .collect();
        messages.sort();
        let thread = "a thread";
        let tea = "out of tea";
        assert_eq!(messages, [thread, thread, thread, tea, tea, tea]);
    });
}

#[test]
fn with_a_hook_of_the_applications_own_that_records_a_panic_is_still_reported_once() {
    alone(|| {
        static CALLS: AtomicUsize = AtomicUsize::new(0);
        let memory = Memory::new();
        let backstop = builder(&memory).build().unwrap();
        let record = backstop.panic_recorder();
        std::panic::set_hook(Box::new(move |info| {
            record(info);
            CALLS.fetch_add(1, Ordering::Relaxed);
        }));
        let guard = backstop.guard();
        let _ = std::thread::spawn(|| panic!("a thread")).join();
        assert_eq!(guard.exit_code(Ok::<_, Error>(())), ExitCode::SUCCESS);
        assert_eq!(CALLS.load(Ordering::Relaxed), 1);
        assert_eq!(memory.reports().len(), 1);
    });
}

#[test]
fn a_panic_that_leaves_main_goes_on_as_it_was_and_is_reported_first() {
    alone(|| {
        let memory = Memory::new();
        let backstop = builder(&memory).build().unwrap();
        let main = || {
            let _guard = backstop.guard();
            std::panic::panic_any(7_u8);
        };
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(main)).unwrap_err();
        assert_eq!(*panic.downcast::<u8>().unwrap(), 7);
        let reports = memory.reports();
        assert_eq!(reports.len(), 1);
        assert_eq!(reports[0].origin, Origin::Panic);
        assert!(!reports[0].handled);
    });
}

#[test]
fn what_was_reported_is_delivered_even_if_no_hook_saw_the_panic_that_leaves_main() {
    alone(|| {
        let memory = Memory::new();
        let backstop = builder(&memory).build().unwrap();
        let main = || {
            let _guard = backstop.guard();
            backstop.notify(&io::Error::other("out of tea"));
            let task = std::thread::spawn(|| panic!("a thread"));
            std::panic::resume_unwind(task.join().unwrap_err());
        };
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(main)).unwrap_err();
        let messages = memory.reports();
        let messages = messages.iter().map(|report| &*report.errors[0].message);
        let mut messages: Vec<&str> = messages.collect();
        messages.sort_unstable();
        assert_eq!(messages, ["a thread", "out of tea"]);
    });
}

#[test]
fn settings_of_a_panic_that_can_not_work_are_errors_that_name_them() {
    let build = |on_panic| Backstop::production().on_panic(on_panic).build();
    let setting = |on_panic: PanicSettings| build(on_panic).unwrap_err().setting();
    let keep = PanicSettings::default;
    let grace = Duration::ZERO;
    assert_eq!(setting(OnPanic::ShutDown { grace }.into()), "on_panic");
    assert_eq!(setting(keep().on_shutdown(|_| {})), "on_shutdown");
    assert_eq!(setting(keep().on_grace_over(|_| {})), "on_grace_over");
    for timeout in [Duration::ZERO, Duration::MAX] {
        assert_eq!(setting(keep().crash_timeout(timeout)), "crash_timeout");
    }
    let grace = Duration::MAX;
    let longest = PanicSettings::new(OnPanic::ShutDown { grace }).close_timeout(Duration::MAX);
    assert!(build(longest).is_ok());
}

#[test]
fn a_process_that_is_not_a_child_is_not_asked_to_end() {
    let _backstop = builder(&Memory::new()).build().unwrap();
    assert_eq!(backstop::panics::crash_child(), None);
}

#[test]
fn a_child_without_anything_to_deliver_ends() {
    alone_with("BACKSTOP_CRASH_CHILD", || {
        assert_eq!(backstop::panics::crash_child(), Some(ExitCode::FAILURE));
        let _backstop = builder(&Memory::new()).build().unwrap();
        assert_eq!(backstop::panics::crash_child(), Some(ExitCode::FAILURE));
    });
}

#[test]
#[cfg(feature = "spool")]
fn what_an_application_that_ends_leaves_on_disk_is_counted() {
    use backstop::reporters::Spool;

    fn run(reporter: impl Reporter + 'static, timeout: Duration) -> (Backstop, Vec<String>) {
        let folder = tempfile::tempdir().unwrap();
        let backstop = Backstop::production()
            .log(false)
            .on_panic(PanicSettings::default().close_timeout(timeout))
            .reporter(Spool::new(folder.path(), reporter))
            .build()
            .unwrap();
        let code = backstop
            .guard()
            .exit_code(Err(io::Error::other("out of tea")));
        assert_eq!(code, ExitCode::FAILURE);
        let parts = std::fs::read_dir(folder.path()).unwrap().flatten();
        let files = parts.flat_map(|part| std::fs::read_dir(part.path()).unwrap().flatten());
        let names = files.map(|file| file.file_name().into_string().unwrap());
        let reports = names.filter(|name| name.ends_with(".json")).collect();
        let stats = &backstop.stats().reporters[0];
        let ends = [stats.delivered(), stats.dropped(), stats.spooled()];
        assert_eq!(stats.captured(), ends.iter().sum::<u64>(), "{stats:?}");
        (backstop, reports)
    }

    alone(|| {
        let memory = Memory::new();
        let (backstop, files) = run(memory.clone(), LONG);
        assert_eq!(backstop.stats().reporters[0].delivered(), 1);
        assert_eq!((files.len(), memory.reports().len()), (0, 1));
        // Long enough for the disk, whatever the machine does beside.
        let (backstop, files) = run(Stuck, Duration::from_secs(5));
        assert_eq!(backstop.stats().reporters[0].spooled(), 1);
        assert_eq!(files.len(), 1);
    });
}
