//! The pipeline from outside: what becomes of reports, and what never happens to requests.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what must not fail in a test fails it"
)]

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use backstop::reporters::{Delivery, Memory, Reporter};
use backstop::settings::{ConfigErrorKind, QueueLimits, RateLimit, Reporting};
use backstop::stats::{Outcome, Remaining};
use backstop::{Backstop, Builder, Error, Report, testing};
use http::StatusCode;
use tokio::time::Instant;

const LONG: Duration = Duration::from_secs(3_600);

/// A Backstop whose work is done by the test's own runtime.
fn here() -> Builder {
    testing::on_current_runtime(Backstop::production()).log(false)
}

fn limits(reports: usize, bytes: usize) -> QueueLimits {
    QueueLimits { reports, bytes }
}

fn per_failure(limit: u32) -> RateLimit {
    RateLimit {
        per_failure: Some(limit),
        overall: None,
    }
}

fn fail(backstop: &Backstop, text: &str) {
    backstop.notify(&std::io::Error::other(text.to_owned()));
}

fn messages(memory: &Memory) -> Vec<String> {
    let reports = memory.reports();
    reports
        .iter()
        .map(|report| report.errors[0].message.clone())
        .collect()
}

/// Returns what the script says, and repeats its last entry.
struct Scripted {
    name: &'static str,
    script: Vec<fn() -> Delivery>,
    calls: Arc<Mutex<Vec<(Instant, usize)>>>,
}

impl Scripted {
    fn new(name: &'static str, script: &[fn() -> Delivery]) -> Self {
        Self {
            name,
            script: script.to_vec(),
            calls: Arc::default(),
        }
    }
}

impl Reporter for Scripted {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let call = {
            let mut calls = self.calls.lock().unwrap();
            calls.push((Instant::now(), batch.len()));
            calls.len() - 1
        };
        let result = self.script[call.min(self.script.len() - 1)];
        batch.iter().map(|_| result()).collect()
    }

    fn name(&self) -> std::borrow::Cow<'static, str> {
        self.name.into()
    }
}

fn delivered() -> Delivery {
    Delivery::Delivered
}

fn retry() -> Delivery {
    Delivery::RETRY
}

fn after_ten_seconds() -> Delivery {
    Delivery::Retry {
        after: Some(Duration::from_secs(10)),
    }
}

/// A request whose service panics.
async fn panic_in(backstop: &Backstop) {
    let _quiet = testing::quiet_panics();
    let service = tower::service_fn(|_: http::Request<axum::body::Body>| async {
        assert!(std::hint::black_box(false), "the panic");
        Ok::<_, std::convert::Infallible>(http::Response::new(axum::body::Body::empty()))
    });
    let service = tower::Layer::layer(&backstop.layer(), service);
    let request = http::Request::new(axum::body::Body::empty());
    let _ = tower::ServiceExt::oneshot(service, request).await.unwrap();
}

/// Never finishes.
struct Hanging;

impl Reporter for Hanging {
    async fn deliver(&self, _batch: &[Arc<Report>]) -> Vec<Delivery> {
        std::future::pending().await
    }
}

struct Panicking(AtomicUsize);

impl Reporter for Panicking {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        self.0.fetch_add(1, Ordering::Relaxed);
        let is_poison = batch
            .iter()
            .any(|report| report.errors[0].message.contains("poison"));
        assert!(!is_poison, "this reporter panics");
        vec![Delivery::Delivered; batch.len()]
    }
}

#[tokio::test(start_paused = true)]
async fn a_report_arrives_at_every_reporter_under_the_id_of_the_response() {
    use tower::ServiceExt as _;
    let (one, other) = (Memory::new(), Memory::new());
    let backstop = here()
        .reporter(one.clone())
        .reporter(other.clone())
        .build()
        .unwrap();
    let app = axum::Router::new()
        .route(
            "/",
            axum::routing::get(|| async { Err::<(), _>(Error::msg("broken")) }),
        )
        .layer(backstop.layer());
    let request = http::Request::get("/")
        .body(axum::body::Body::empty())
        .unwrap();
    let response = app.oneshot(request).await.unwrap();
    assert!(backstop.flush(LONG).await.is_empty());
    let id = response.headers()["x-error-id"].to_str().unwrap();
    for memory in [one, other] {
        let report = testing::assert_reported(&memory, "broken");
        assert_eq!(report.id.to_string(), id);
        assert_eq!(report.response.as_ref().unwrap().status, 500);
    }
}

#[tokio::test(start_paused = true)]
async fn below_500_is_reported_only_if_the_filter_says_so() {
    let respond = |backstop: &Backstop, status: u16| {
        let request = http::Request::get("/").body(()).unwrap();
        let facts = backstop::RequestInfo::from_request(&request);
        let status = StatusCode::from_u16(status).unwrap();
        drop(backstop.respond(&facts, Error::msg(status.to_string()).with_status(status)));
    };
    let (usual, chosen) = (Memory::new(), Memory::new());
    let backstop = here().reporter(usual.clone()).build().unwrap();
    let filtered = here()
        .reporting(Reporting::new().filter(|failure| failure.status() == 404))
        .reporter(chosen.clone())
        .build();
    let filtered = filtered.unwrap();
    for status in [404, 500] {
        respond(&backstop, status);
        respond(&filtered, status);
    }
    backstop.flush(LONG).await;
    filtered.flush(LONG).await;
    assert_eq!(messages(&usual), ["500 Internal Server Error"]);
    assert_eq!(messages(&chosen), ["404 Not Found"]);
    assert_eq!(filtered.stats().reporters[0].count(Outcome::Filtered), 1);
}

#[tokio::test(start_paused = true)]
async fn sample_rates_take_none_all_and_the_same_part_for_the_same_seed() {
    let taken = |reporting: Reporting, seed: Option<u64>| async move {
        let builder = match seed {
            Some(seed) => testing::seed(here(), seed),
            None => here(),
        };
        let backstop = builder
            .reporting(reporting.queue(limits(10_000, 1 << 30)))
            .reporter(Memory::new())
            .build()
            .unwrap();
        for _ in 0..2_000 {
            fail(&backstop, "x");
        }
        backstop.flush(LONG).await;
        let stats = &backstop.stats().reporters[0];
        assert_eq!(stats.delivered() + stats.count(Outcome::SampledOut), 2_000);
        stats.delivered()
    };
    let rate = |rate| Reporting::new().sample_rate(rate);
    assert_eq!(taken(rate(0.0), None).await, 0);
    assert_eq!(taken(rate(1.0), None).await, 2_000);
    let quarter = taken(rate(0.25), Some(1)).await;
    assert!((400..600).contains(&quarter), "{quarter}");
    assert_eq!(taken(rate(0.25), Some(1)).await, quarter);
    let unseeded = taken(rate(0.25), None).await;
    assert!((350..650).contains(&unseeded), "{unseeded}");
}

#[tokio::test(start_paused = true)]
async fn notified_errors_are_limited_by_where_they_were_made_and_by_their_status() {
    let memory = Memory::new();
    let backstop = here()
        .reporting(Reporting::new().rate_limit(per_failure(1)))
        .reporter(memory.clone())
        .build()
        .unwrap();
    let made_here = Error::msg("made here");
    let made_there = Error::msg("made there");
    let notify = |error: &Error| {
        backstop.notify(error);
    };
    notify(&made_here);
    notify(&made_there);
    for status in [StatusCode::NOT_FOUND, StatusCode::CONFLICT] {
        for _ in 0..2 {
            notify(&Error::msg("made in a loop").with_status(status));
        }
    }
    backstop.flush(LONG).await;
    let reports = memory.reports();
    let messages: Vec<&str> = reports
        .iter()
        .map(|report| &*report.errors[0].message)
        .collect();
    assert_eq!(
        messages,
        [
            "made here",
            "made there",
            "made in a loop",
            "made in a loop"
        ]
    );
    let lines = reports.iter().map(|report| {
        let location = report.errors[0].location.as_ref().unwrap();
        location.line()
    });
    let mut lines: Vec<u32> = lines.collect();
    lines.dedup();
    assert_eq!(lines.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn suppressed_reports_are_counted_in_the_next_one_of_their_kind() {
    let memory = Memory::new();
    let backstop = here()
        .reporting(Reporting::new().rate_limit(per_failure(2)))
        .reporter(memory.clone())
        .build()
        .unwrap();
    for _ in 0..19 {
        fail(&backstop, "many");
    }
    backstop
        .draft()
        .error(Error::msg("another kind"))
        .send()
        .await;
    tokio::time::advance(Duration::from_secs(61)).await;
    for _ in 0..2 {
        fail(&backstop, "many");
    }
    backstop.flush(LONG).await;
    let suppressed: Vec<(String, u64)> = memory
        .reports()
        .iter()
        .map(|report| (report.errors[0].message.clone(), report.suppressed))
        .collect();
    let want = [("many", 0), ("many", 0), ("another kind", 0), ("many", 17)];
    let mut want: Vec<(String, u64)> = want.map(|(text, count)| (text.to_owned(), count)).to_vec();
    // The two call sites of `fail` are one kind; the second of the last pair had nothing before it.
    want.push(("many".to_owned(), 0));
    assert_eq!(suppressed, want);
    assert_eq!(
        backstop.stats().reporters[0].count(Outcome::RateLimited),
        17
    );
}

#[tokio::test(start_paused = true)]
async fn a_full_queue_drops_the_newest_and_keeps_room_for_panics() {
    let memory = Memory::new();
    let backstop = here()
        .reporting(Reporting::new().queue(limits(8, 1 << 20)))
        .reporter(memory.clone())
        .reporter(Scripted::new("full", &[after_ten_seconds, delivered]))
        .build()
        .unwrap();
    fail(&backstop, "held");
    backstop.flush(Duration::from_secs(1)).await;
    // Nothing is taken out before the test first waits.
    for index in 0..10 {
        fail(&backstop, &index.to_string());
    }
    panic_in(&backstop).await;
    let remaining = backstop.flush(Duration::from_secs(1)).await;
    // The backlog of the one that is held has room for 7 more, and for the panic.
    assert_eq!(remaining.queued, 9);
    backstop.flush(LONG).await;
    let stats = backstop.stats();
    assert_eq!(
        stats.reporter("Memory").unwrap().count(Outcome::QueueFull),
        2
    );
    assert_eq!(stats.reporter("full").unwrap().count(Outcome::QueueFull), 3);
    assert_eq!(stats.reporter("full").unwrap().delivered(), 9);
    let mut want: Vec<String> = (0..8).map(|index| index.to_string()).collect();
    want.insert(0, "held".to_owned());
    want.push("the panic".to_owned());
    assert_eq!(messages(&memory), want);
}

#[tokio::test(start_paused = true)]
async fn a_queue_is_bounded_in_bytes() {
    let memory = Memory::new();
    let backstop = here()
        .reporting(Reporting::new().queue(limits(1_000, 64 * 1024)))
        .reporter(memory)
        .build()
        .unwrap();
    for _ in 0..100 {
        backstop.notify(&std::io::Error::other("z".repeat(10_000)));
    }
    let stats = backstop.stats();
    assert!(stats.reporters[0].queued() < 10, "{stats:?}");
    assert_eq!(stats.reporters[0].captured(), 100);
}

#[tokio::test(start_paused = true)]
async fn failed_deliveries_are_tried_again_after_random_growing_waits_and_then_given_up() {
    let reporter = Scripted::new("dead", &[retry]);
    let calls = Arc::clone(&reporter.calls);
    let memory = Memory::new();
    let backstop = testing::seed(here(), 3)
        .reporter(reporter)
        .reporter(memory.clone())
        .build()
        .unwrap();
    let start = Instant::now();
    let outcome = backstop.draft().error(Error::msg("x")).send().await;
    assert_eq!(outcome, Outcome::GaveUp);
    assert_eq!(messages(&memory), ["x"], "the other reporter did not wait");
    let calls = calls.lock().unwrap();
    assert!((5..=8).contains(&calls.len()), "{calls:?}");
    assert!(start.elapsed() <= Duration::from_secs(16 * 60));
    for (attempt, pair) in calls.windows(2).enumerate().take(4) {
        let wait = pair[1].0 - pair[0].0;
        let bound = Duration::from_millis((1_000 << attempt) + 10);
        assert!(wait <= bound, "attempt {attempt} waited {wait:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_to_the_moment_and_holds_for_the_whole_reporter() {
    let reporter = Scripted::new("limited", &[after_ten_seconds, delivered]);
    let calls = Arc::clone(&reporter.calls);
    let backstop = here().reporter(reporter).build().unwrap();
    let start = Instant::now();
    fail(&backstop, "one");
    tokio::time::sleep(Duration::from_secs(1)).await;
    fail(&backstop, "two");
    assert!(backstop.flush(LONG).await.is_empty());
    let calls = calls.lock().unwrap();
    assert_eq!(calls.len(), 2);
    let wait = calls[1].0 - start;
    assert!(
        wait >= Duration::from_secs(10) && wait < Duration::from_millis(10_100),
        "{wait:?}"
    );
    assert_eq!(calls[1].1, 2, "both in one batch");
}

#[tokio::test(start_paused = true)]
async fn a_circuit_opens_after_failures_and_one_probe_closes_it() {
    let mut script: Vec<fn() -> Delivery> = vec![retry; 5];
    script.push(delivered);
    let reporter = Scripted::new("flaky", &script);
    let calls = Arc::clone(&reporter.calls);
    let backstop = here().reporter(reporter).build().unwrap();
    for _ in 0..4 {
        fail(&backstop, "x");
    }
    assert!(backstop.flush(LONG).await.is_empty());
    let calls = calls.lock().unwrap();
    let opened = calls[4].0;
    assert!(
        calls[5].0 - opened >= Duration::from_secs(15),
        "left alone while open"
    );
    assert_eq!(calls[5].1, 1, "the probe is one report");
    assert_eq!(calls[6..].iter().map(|(_, size)| size).sum::<usize>(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_has_spent_no_attempt() {
    /// Takes one report, and wants to be left alone then.
    struct OneAtATime;
    impl Reporter for OneAtATime {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            let mut results = vec![Delivery::Unsent; batch.len()];
            results[0] = Delivery::Delivered;
            if let Some(second) = results.get_mut(1) {
                *second = after_ten_seconds();
            }
            results
        }
    }
    let backstop = here().reporter(OneAtATime).build().unwrap();
    for number in 0..32 {
        fail(&backstop, &number.to_string());
    }
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(backstop.stats().reporters[0].delivered(), 32);
}

#[tokio::test(start_paused = true)]
async fn a_missing_result_is_a_retry_for_that_report() {
    struct Forgetful(AtomicUsize);
    impl Reporter for Forgetful {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            let is_first = self.0.fetch_add(1, Ordering::Relaxed) == 0;
            let count = if is_first { 0 } else { batch.len() + 5 };
            vec![Delivery::Delivered; count]
        }
    }
    let backstop = here()
        .reporter(Forgetful(AtomicUsize::new(0)))
        .build()
        .unwrap();
    for _ in 0..3 {
        fail(&backstop, "x");
    }
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(backstop.stats().reporters[0].delivered(), 3);
}

#[tokio::test(start_paused = true)]
async fn one_poisonous_report_does_not_take_its_batch_along() {
    let _quiet = testing::quiet_panics();
    let memory = Memory::new();
    let backstop = here()
        .reporter(Panicking(AtomicUsize::new(0)))
        .reporter(memory.clone())
        .build()
        .unwrap();
    for text in ["a", "poison", "b"] {
        fail(&backstop, text);
    }
    assert!(backstop.flush(LONG).await.is_empty());
    let stats = backstop.stats();
    let panicking = stats.reporter("Panicking").unwrap();
    assert_eq!(
        (panicking.delivered(), panicking.count(Outcome::GaveUp)),
        (2, 1)
    );
    assert_eq!(memory.reports().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_reporter_that_hangs_holds_up_neither_the_others_nor_a_flush() {
    let memory = Memory::new();
    let backstop = here()
        .reporter(Hanging)
        .reporter(memory.clone())
        .build()
        .unwrap();
    fail(&backstop, "x");
    let start = Instant::now();
    let remaining = backstop.flush(Duration::from_secs(3)).await;
    assert_eq!(
        (remaining.queued, start.elapsed()),
        (1, Duration::from_secs(3))
    );
    assert_eq!(memory.reports().len(), 1);
    let remaining = backstop.close(Duration::from_secs(3)).await;
    assert_eq!(
        (remaining.queued, start.elapsed()),
        (1, Duration::from_secs(6))
    );
    let stats = backstop.stats();
    assert_eq!(
        stats.reporter("Hanging").unwrap().count(Outcome::ShutDown),
        1
    );
    assert_eq!(stats.reporter("Hanging").unwrap().queued(), 0);
    fail(&backstop, "late");
    assert_eq!(
        backstop
            .stats()
            .reporter("Memory")
            .unwrap()
            .count(Outcome::ShutDown),
        1
    );
}

#[tokio::test(start_paused = true)]
async fn a_reporter_learns_of_each_drop_once_before_its_next_batch() {
    /// Rejects parse errors, and panics when it is notified of a drop.
    #[derive(Default)]
    struct Listening(Mutex<Vec<String>>);
    impl Reporter for Listening {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            let message = &batch[0].errors[0].message;
            self.0.lock().unwrap().push(format!("got {message}"));
            match message.as_str() {
                "invalid digit found in string" => vec![Delivery::Rejected],
                _ => vec![Delivery::Delivered],
            }
        }
        fn dropped(&self, reason: Outcome, count: u64) {
            self.0.lock().unwrap().push(format!("{count} {reason}"));
            panic!("a reporter that panics when it is notified");
        }
    }
    let _quiet = testing::quiet_panics();
    let listening = Arc::new(Listening::default());
    let backstop = here()
        .reporting(Reporting::new().rate_limit(per_failure(1)))
        .reporter(Arc::clone(&listening))
        .build()
        .unwrap();
    for _ in 0..3 {
        fail(&backstop, "limited");
        assert!(backstop.flush(LONG).await.is_empty());
    }
    backstop.notify(&"x".parse::<u8>().unwrap_err());
    assert!(backstop.flush(LONG).await.is_empty());
    backstop.notify(&"x".parse::<bool>().unwrap_err());
    assert!(backstop.flush(LONG).await.is_empty());
    backstop.notify(&"x".parse::<f64>().unwrap_err());
    assert!(backstop.flush(LONG).await.is_empty());
    let expected = [
        "got limited",
        "2 rate_limited",
        "got invalid digit found in string",
        "1 rejected",
        "got provided string was not `true` or `false`",
        "got invalid float literal",
    ];
    assert_eq!(*listening.0.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_flush_ends_with_the_last_delivery_however_fast_the_reporter_was() {
    let memory = Memory::new();
    let backstop = Backstop::production()
        .log(false)
        .reporter(memory.clone())
        .build()
        .unwrap();
    for _ in 0..100 {
        fail(&backstop, "one");
        fail(&backstop, "two");
        let begun = Instant::now();
        let remaining = backstop.flush(Duration::from_secs(20)).await;
        assert!(remaining.is_empty());
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "{:?}",
            begun.elapsed()
        );
    }
    assert_eq!(memory.reports().len(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_flush_does_not_wait_for_a_reporter_that_asked_for_longer() {
    let backstop = here()
        .reporter(Scripted::new("limited", &[after_ten_seconds]))
        .build()
        .unwrap();
    fail(&backstop, "x");
    let start = Instant::now();
    assert_eq!(backstop.flush(Duration::from_secs(5)).await.queued, 1);
    assert!(
        start.elapsed() < Duration::from_secs(1),
        "{:?}",
        start.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_report_made_while_reporting_is_counted_and_not_reported() {
    #[derive(Clone, Default)]
    struct Recursive(Arc<std::sync::OnceLock<Backstop>>);
    impl Reporter for Recursive {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            fail(self.0.get().unwrap(), "from deliver");
            vec![Delivery::Delivered; batch.len()]
        }
    }
    let recursive = Recursive::default();
    let slot = Arc::new(std::sync::OnceLock::<Backstop>::new());
    let in_callback = Arc::clone(&slot);
    let backstop = here()
        .reporter(recursive.clone())
        .reporting(Reporting::new().on_outcome(move |event| {
            if event.outcome() == Outcome::Delivered {
                fail(in_callback.get().unwrap(), "from a callback");
            }
        }))
        .build()
        .unwrap();
    recursive.0.set(backstop.clone()).unwrap();
    slot.set(backstop.clone()).unwrap();
    fail(&backstop, "x");
    assert!(backstop.flush(LONG).await.is_empty());
    let stats = &backstop.stats().reporters[0];
    assert_eq!((stats.delivered(), stats.count(Outcome::Recursive)), (1, 2));
}

#[test]
fn a_runtime_that_ends_takes_no_report_with_it() {
    let runtime = || {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap()
    };
    let memory = Memory::new();
    let backstop = here()
        .reporter(Scripted::new("s", &[retry, delivered]))
        .reporter(memory.clone());
    let backstop = backstop.build().unwrap();
    let first = runtime();
    first.block_on(async {
        fail(&backstop, "one");
        tokio::task::yield_now().await;
        tokio::task::yield_now().await;
        fail(&backstop, "two");
    });
    drop(first);
    let second = runtime();
    let remaining = second.block_on(async {
        fail(&backstop, "three");
        backstop.flush(LONG).await
    });
    assert!(remaining.is_empty(), "{remaining:?}");
    assert_eq!(messages(&memory), ["one", "two", "three"]);
    assert_eq!(backstop.stats().reporter("s").unwrap().delivered(), 3);
}

#[test]
fn a_reporter_that_blocks_its_thread_delays_no_other_and_no_request() {
    struct Blocking(Mutex<std::sync::mpsc::Receiver<()>>);
    impl Reporter for Blocking {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            let _ = self.0.lock().unwrap().recv();
            vec![Delivery::Delivered; batch.len()]
        }
    }
    let (release, blocked) = std::sync::mpsc::channel();
    let (seen, sees) = std::sync::mpsc::channel();
    let backstop = Backstop::production()
        .log(false)
        .reporter(Blocking(Mutex::new(blocked)))
        .reporter(Memory::new())
        .reporting(
            Reporting::new()
                .on_outcome(move |event| drop(seen.send(event.reporter().map(str::to_owned)))),
        )
        .build()
        .unwrap();
    fail(&backstop, "x");
    assert_eq!(
        sees.recv_timeout(Duration::from_secs(20))
            .unwrap()
            .as_deref(),
        Some("Memory")
    );
    release.send(()).unwrap();
    assert_eq!(
        sees.recv_timeout(Duration::from_secs(20))
            .unwrap()
            .as_deref(),
        Some("Blocking")
    );
}

#[test]
fn the_last_handle_delivers_what_is_there_and_waits_no_longer_than_it_must() {
    let memory = Memory::new();
    let backstop = Backstop::production()
        .log(false)
        .reporter(memory.clone())
        .build()
        .unwrap();
    for _ in 0..500 {
        fail(&backstop, "x");
    }
    let clone = backstop.clone();
    drop(backstop);
    drop(clone);
    assert_eq!(memory.reports().len(), 500);

    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&outcomes);
    let backstop = Backstop::production()
        .log(false)
        .reporter(Hanging)
        .reporting(
            Reporting::new().on_outcome(move |event| record.lock().unwrap().push(event.outcome())),
        )
        .build()
        .unwrap();
    fail(&backstop, "x");
    let start = std::time::Instant::now();
    drop(backstop);
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(*outcomes.lock().unwrap(), [Outcome::ShutDown]);
}

#[test]
fn on_a_runtime_the_last_handle_does_not_wait_and_the_reports_arrive_all_the_same() {
    let (done, is_done) = std::sync::mpsc::channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(async {
        let backstop = Backstop::production()
            .log(false)
            .reporter(Hanging)
            .reporter(Memory::new())
            .reporting(Reporting::new().on_outcome(move |event| {
                let _ = done.send((event.reporter().map(str::to_owned), event.outcome()));
            }))
            .build()
            .unwrap();
        fail(&backstop, "x");
        let start = std::time::Instant::now();
        drop(backstop);
        assert!(
            start.elapsed() < Duration::from_millis(500),
            "{:?}",
            start.elapsed()
        );
    });
    let mut outcomes: Vec<_> = (0..2)
        .map(|_| is_done.recv_timeout(Duration::from_secs(30)).unwrap())
        .collect();
    outcomes.sort_by_key(|(name, _)| name.clone());
    let named = |name: &str, outcome| (Some(name.to_owned()), outcome);
    let want = [
        named("Hanging", Outcome::ShutDown),
        named("Memory", Outcome::Delivered),
    ];
    assert_eq!(outcomes, want);
}

#[test]
fn flush_and_close_need_no_runtime_and_no_timer() {
    let backstop = |memory: &Memory| {
        let builder = Backstop::production().log(false).reporter(memory.clone());
        builder.reporter(Hanging).build().unwrap()
    };
    let (short, long) = (Duration::from_millis(100), Duration::from_secs(60));
    let memory = Memory::new();
    let waiting = backstop(&memory);
    fail(&waiting, "one");
    assert_eq!(waiting.flush_blocking(short).queued, 1);
    fail(&waiting, "two");
    // No timer is enabled on this one.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    assert_eq!(runtime.block_on(waiting.flush(short)).queued, 2);
    assert_eq!(runtime.block_on(waiting.close(short)).queued, 2);
    assert_eq!(messages(&memory), ["one", "two"]);
    // An executor of another crate: one that only polls.
    let waiting = backstop(&memory);
    fail(&waiting, "three");
    let remaining = {
        let mut flush = std::pin::pin!(waiting.flush(short));
        let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
        loop {
            if let std::task::Poll::Ready(remaining) = flush.as_mut().poll(&mut cx) {
                break remaining;
            }
            std::thread::yield_now();
        }
    };
    assert_eq!(remaining.queued, 1);
    assert_eq!(waiting.close_blocking(short).queued, 1);
    let alone = Backstop::production().log(false).reporter(memory.clone());
    let alone = alone.build().unwrap();
    fail(&alone, "four");
    assert!(alone.close_blocking(long).is_empty());
    assert_eq!(memory.reports().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_flush_waits_for_the_threads_though_the_clock_of_its_runtime_jumps() {
    let memory = Memory::new();
    let backstop = Backstop::production().log(false).reporter(memory.clone());
    let backstop = backstop.build().unwrap();
    for _ in 0..200 {
        fail(&backstop, "x");
    }
    assert!(backstop.flush(Duration::from_secs(60)).await.is_empty());
    assert_eq!(memory.reports().len(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_close_tries_once_more_what_would_wait_for_longer() {
    let reporter = Scripted::new(
        "restarting",
        &[retry, retry, retry, retry, retry, delivered],
    );
    let backstop = here().reporter(reporter).build().unwrap();
    for number in 0..5 {
        fail(&backstop, &number.to_string());
        backstop.flush(Duration::from_millis(1)).await;
    }
    let start = Instant::now();
    // The circuit is open for 15 seconds.
    assert!(backstop.close(Duration::from_secs(10)).await.is_empty());
    assert!(
        start.elapsed() < Duration::from_secs(10),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(backstop.stats().reporters[0].delivered(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_close_tries_again_as_long_as_there_is_time() {
    let reporter = Scripted::new(
        "restarting",
        &[
            retry, retry, retry, retry, retry, retry, retry, delivered, delivered,
        ],
    );
    let backstop = here().reporter(reporter).build().unwrap();
    for number in 0..5 {
        fail(&backstop, &number.to_string());
        backstop.flush(Duration::from_millis(1)).await;
    }
    // The sixth and the seventh attempt fail while it closes, and open the circuit for longer than it has.
    assert!(backstop.close(Duration::from_secs(10)).await.is_empty());
    assert_eq!(backstop.stats().reporters[0].delivered(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_is_only_filtered_says_nothing_about_the_receiver() {
    fn filtered() -> Delivery {
        Delivery::Filtered
    }
    let reporter = Scripted::new(
        "down",
        &[
            retry, retry, retry, retry, retry, filtered, retry, delivered,
        ],
    );
    let calls = Arc::clone(&reporter.calls);
    let backstop = here().reporter(reporter).build().unwrap();
    for number in 0..5 {
        fail(&backstop, &number.to_string());
        backstop.flush(Duration::from_millis(1)).await;
    }
    tokio::time::sleep(Duration::from_secs(60)).await;
    // The probe that was filtered is followed by another probe, not by everything at once.
    let batches: Vec<usize> = calls.lock().unwrap().iter().map(|call| call.1).collect();
    assert_eq!(batches[5..8], [1, 1, 1]);
    assert!(batches.len() > 8 && batches[8] > 1, "{batches:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_callback_captured_may_panic_as_it_is_dropped_and_the_report_arrives() {
    struct Dropped;
    impl Drop for Dropped {
        fn drop(&mut self) {
            assert!(std::thread::panicking(), "as it is dropped");
        }
    }
    let _quiet = testing::quiet_panics();
    let memory = Memory::new();
    let backstop = here().reporter(memory.clone()).build().unwrap();
    let scope = backstop.scope();
    let captured = Dropped;
    scope.on_report(move |_| {
        let _ = &captured;
        true
    });
    scope.notify(&std::io::Error::other("x"));
    drop(scope);
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(messages(&memory), ["x"]);
}

#[tokio::test(start_paused = true)]
async fn a_closure_is_a_reporter() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    let slack = backstop::reporters::from_fn("slack", move |batch: Vec<Arc<Report>>| {
        let sees = Arc::clone(&sees);
        async move {
            tokio::task::yield_now().await;
            let texts = batch.iter().map(|report| report.errors[0].message.clone());
            sees.lock().unwrap().extend(texts);
            vec![Delivery::Delivered; batch.len()]
        }
    });
    let backstop = here().reporter(slack).build().unwrap();
    fail(&backstop, "x");
    assert!(backstop.flush(LONG).await.is_empty());
    assert_eq!(backstop.stats().reporter("slack").unwrap().delivered(), 1);
    assert_eq!(*seen.lock().unwrap(), ["x"]);
}

#[test]
fn a_draft_can_be_sent_from_a_thread_that_blocks() {
    let backstop = Backstop::production()
        .reporter(Memory::new())
        .build()
        .unwrap();
    assert_eq!(
        backstop.draft().error(Error::msg("x")).send_blocking(),
        Outcome::Delivered
    );
    let silent = Backstop::production().build().unwrap();
    assert_eq!(silent.draft().send_blocking(), Outcome::Filtered);
    assert!(silent.stats().reporters.is_empty());
}

#[test]
fn bad_settings_are_rejected_with_the_name_of_the_setting() {
    struct Misconfigured;
    impl Reporter for Misconfigured {
        async fn deliver(&self, _batch: &[Arc<Report>]) -> Vec<Delivery> {
            Vec::new()
        }
        fn check(&self) -> Result<(), backstop::BoxError> {
            Err("give it a key".into())
        }
    }
    let cases: [(&str, Builder); 9] = [
        (
            "sample_rate",
            Backstop::production().reporting(Reporting::new().sample_rate(f64::NAN)),
        ),
        (
            "sample_rate",
            Backstop::production().reporting(Reporting::new().sample_rate(-0.1)),
        ),
        (
            "sample_rate",
            Backstop::production().reporting(Reporting::new().sample_rate(1.1)),
        ),
        (
            "sample_rate",
            Backstop::production().reporting(Reporting::new().sample_rate(f64::INFINITY)),
        ),
        (
            "rate_limit",
            Backstop::production().reporting(Reporting::new().rate_limit(per_failure(0))),
        ),
        (
            "rate_limit",
            Backstop::production().reporting(Reporting::new().rate_limit(RateLimit {
                per_failure: None,
                overall: Some(0),
            })),
        ),
        (
            "queue",
            Backstop::production().reporting(Reporting::new().queue(limits(0, 1))),
        ),
        (
            "queue",
            Backstop::production().reporting(Reporting::new().queue(limits(1, 0))),
        ),
        ("reporter", Backstop::production().reporter(Misconfigured)),
    ];
    for (setting, builder) in cases {
        let error = builder.build().unwrap_err();
        assert_eq!(
            (error.setting(), error.kind()),
            (setting, ConfigErrorKind::InvalidValue)
        );
    }
}

mod conservation {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug)]
    enum Step {
        Fail(u8),
        Panic,
        Advance(u64),
        Yield(u8),
        Flush(u64),
    }

    /// Delivers, rejects, fails, panics, hangs, sleeps and omits results, as its numbers say.
    struct Random {
        name: &'static str,
        numbers: Vec<u8>,
        next: AtomicUsize,
        delivered: Arc<AtomicUsize>,
    }

    impl Random {
        fn number(&self) -> u8 {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            self.numbers[index % self.numbers.len()]
        }
    }

    impl Reporter for Random {
        async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
            match self.number() {
                0..20 => panic!("a random panic"),
                20..25 => std::future::pending().await,
                number @ 25..80 => tokio::time::sleep(Duration::from_secs(number.into())).await,
                80..90 => return Vec::new(),
                _ => {}
            }
            let result = |_: &Arc<Report>| match self.number() {
                0..60 => Delivery::RETRY,
                number @ 60..80 => Delivery::Retry {
                    after: Some(Duration::from_secs(u64::from(number) * 3)),
                },
                80..100 => Delivery::Rejected,
                100..110 => Delivery::Filtered,
                110..130 => Delivery::Unsent,
                _ => {
                    self.delivered.fetch_add(1, Ordering::Relaxed);
                    Delivery::Delivered
                }
            };
            batch.iter().map(result).collect()
        }

        fn name(&self) -> std::borrow::Cow<'static, str> {
            self.name.into()
        }
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            6 => (1_u8..20).prop_map(Step::Fail),
            1 => Just(Step::Panic),
            2 => (0_u64..120).prop_map(Step::Advance),
            3 => (1_u8..30).prop_map(Step::Yield),
            1 => (0_u64..30).prop_map(Step::Flush),
        ];
        proptest::collection::vec(step, 1..40)
    }

    /// In memory where the system has such a directory, because thousands of writes are synced.
    #[cfg(feature = "spool")]
    fn memory_dir() -> tempfile::TempDir {
        tempfile::tempdir_in("/dev/shm").unwrap_or_else(|_| tempfile::tempdir().unwrap())
    }

    /// Leaves so many reports in a spool, the last one torn.
    #[cfg(feature = "spool")]
    async fn leave_behind(dir: &std::path::Path, left: usize) {
        let never_delivers =
            backstop::reporters::from_fn("spooled", async |batch: Vec<Arc<Report>>| {
                vec![Delivery::RETRY; batch.len()]
            });
        let spool = backstop::reporters::Spool::new(dir, never_delivers);
        let before = here().reporter(spool).build().unwrap();
        for _ in 0..left {
            fail(&before, "before");
            before.flush(Duration::from_millis(1)).await;
        }
        before.close(Duration::ZERO).await;
        let parts = std::fs::read_dir(dir).unwrap().flatten();
        let files = parts.flat_map(|part| std::fs::read_dir(part.path()).unwrap().flatten());
        let mut files: Vec<_> = files.map(|file| file.path()).collect();
        files.retain(|path| path.extension().is_some_and(|end| end == "json"));
        assert_eq!(files.len(), left);
        if let Some(torn) = files.last() {
            let contents = std::fs::read(torn).unwrap();
            std::fs::write(torn, &contents[..contents.len() / 2]).unwrap();
        }
    }

    /// Asserts that every captured report is accounted for, and that the callbacks agree with the counters.
    fn check(
        backstop: &Backstop,
        events: &Mutex<HashMap<(Option<String>, Outcome), u64>>,
        captured: u64,
    ) {
        let events = events.lock().unwrap();
        for stats in backstop.stats().reporters {
            let ends = stats.delivered() + stats.dropped() + stats.queued() + stats.spooled();
            assert_eq!(stats.captured(), captured);
            assert_eq!(stats.captured() + stats.recovered(), ends, "{stats:?}");
            for outcome in Outcome::DROPS.into_iter().chain([Outcome::Delivered]) {
                let own = events
                    .get(&(Some(stats.name().to_owned()), outcome))
                    .copied();
                let shared = events.get(&(None, outcome)).copied();
                let sum = own.unwrap_or_default() + shared.unwrap_or_default();
                assert_eq!(sum, stats.count(outcome), "{outcome}: {stats:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(192))]

        #[test]
        fn what_is_captured_is_delivered_dropped_for_a_reason_queued_or_spooled(
            steps in steps(),
            numbers in proptest::collection::vec(any::<u8>(), 1..200),
            count in 1_usize..40,
            rate in prop_oneof![Just(1.0), 0.0..1.0],
            limit in proptest::option::of(1_u32..50),
            has_memory in any::<bool>(),
            left in 0_usize..5,
            room in 1_usize..40,
            last in 0_u64..100,
        ) {
            let _quiet = testing::quiet_panics();
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .start_paused(true)
                .build()
                .unwrap();
            runtime.block_on(async {
                let events = Arc::new(Mutex::new(HashMap::new()));
                let record = Arc::clone(&events);
                let delivered = Arc::new(AtomicUsize::new(0));
                let random = |name, skip: usize| Random {
                    name,
                    numbers: numbers.clone(),
                    next: AtomicUsize::new(skip),
                    delivered: Arc::clone(&delivered),
                };
                let mut reporting = Reporting::new()
                    .queue(limits(count, 1 << 20))
                    .sample_rate(rate)
                    .on_outcome(move |event| {
                        let key = (event.reporter().map(str::to_owned), event.outcome());
                        *record.lock().unwrap().entry(key).or_default() += 1;
                    });
                if let Some(limit) = limit {
                    reporting = reporting.rate_limit(per_failure(limit));
                }
                let mut builder = here()
                    .reporting(reporting)
                    .reporter(random("random", 0));
                if has_memory {
                    builder = builder.reporter(Memory::new());
                }
                #[cfg(not(feature = "spool"))]
                let _ = (left, room);
                #[cfg(feature = "spool")]
                let dir = memory_dir();
                #[cfg(feature = "spool")]
                {
                    leave_behind(dir.path(), left).await;
                    let spool = backstop::reporters::Spool::new(dir.path(), random("spooled", 7));
                    builder = builder.reporter(spool.max_reports(room));
                }
                let backstop = builder.build().unwrap();
                let mut captured = 0;
                for step in steps {
                    match step {
                        Step::Fail(times) => {
                            for _ in 0..times {
                                fail(&backstop, "x");
                            }
                            captured += u64::from(times);
                        }
                        Step::Panic => {
                            panic_in(&backstop).await;
                            captured += 1;
                        }
                        Step::Advance(seconds) => tokio::time::advance(Duration::from_secs(seconds)).await,
                        Step::Yield(times) => {
                            for _ in 0..times {
                                tokio::task::yield_now().await;
                            }
                        }
                        Step::Flush(seconds) => {
                            let start = Instant::now();
                            let timeout = Duration::from_secs(seconds);
                            let Remaining { .. } = backstop.flush(timeout).await;
                            assert!(start.elapsed() <= timeout + Duration::from_millis(5));
                        }
                    }
                    check(&backstop, &events, captured);
                }
                let start = Instant::now();
                backstop.close(Duration::from_secs(last)).await;
                assert!(start.elapsed() <= Duration::from_secs(last) + Duration::from_millis(5));
                check(&backstop, &events, captured);
                for stats in backstop.stats().reporters {
                    assert_eq!(stats.queued(), 0, "{stats:?}");
                }
                // What a reporter has, and was not cut off while it said so, is counted as delivered.
                let stats = backstop.stats();
                let randoms = stats.reporters.iter().filter(|stats| stats.name() != "Memory");
                let counted: u64 = randoms.map(|stats| stats.delivered()).sum();
                assert!(counted <= delivered.load(Ordering::Relaxed) as u64);
                fail(&backstop, "late");
                check(&backstop, &events, captured + 1);
            });
        }
    }

    #[test]
    fn it_holds_when_many_threads_fail_at_once_and_it_is_shut_down_midway() {
        struct Slow(AtomicUsize);
        impl Reporter for Slow {
            async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
                let calls = self.0.fetch_add(1, Ordering::Relaxed);
                std::thread::yield_now();
                let is_bad = calls.is_multiple_of(3);
                vec![
                    if is_bad {
                        Delivery::Rejected
                    } else {
                        Delivery::Delivered
                    };
                    batch.len()
                ]
            }
        }
        let backstop = Backstop::production()
            .log(false)
            .reporting(Reporting::new().queue(limits(64, 1 << 20)))
            .reporter(Slow(AtomicUsize::new(0)))
            .reporter(Memory::new())
            .build()
            .unwrap();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..2_000).for_each(|_| fail(&backstop, "x")));
            }
            scope.spawn(|| {
                while backstop.stats().reporters[0].captured() < 5_000 {
                    for stats in backstop.stats().reporters {
                        let ends = stats.delivered() + stats.dropped() + stats.queued();
                        assert_eq!(stats.captured(), ends, "{stats:?}");
                    }
                }
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                runtime.block_on(backstop.close(Duration::from_secs(10)));
            });
        });
        for stats in backstop.stats().reporters {
            assert_eq!((stats.captured(), stats.queued()), (8_000, 0));
            assert_eq!(stats.delivered() + stats.dropped(), 8_000, "{stats:?}");
        }
    }
}

/// Of thousands of flushes none waits for its deadline, however quickly the reporters are done.
#[tokio::test]
async fn a_flush_ends_when_the_last_report_has_arrived() {
    let memory = Memory::new();
    let builder = Backstop::production().log(false);
    let backstop = builder.reporter(memory.clone()).build().unwrap();
    for _ in 0..2_000 {
        fail(&backstop, "x");
        let start = Instant::now();
        assert!(backstop.flush(LONG / 60).await.is_empty());
        assert!(start.elapsed() < LONG / 120);
    }
}
