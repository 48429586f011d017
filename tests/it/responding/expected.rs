//! Expected failures: answered and counted as ever, but logged at DEBUG level and not reported.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use axum::{Extension, Json};
use backstop::layers::{Expected, Passthrough};
use backstop::reporters::Memory;
use backstop::settings::{LogLevel, Reporting};
use backstop::stats::Outcome;
use backstop::{Backstop, Builder, Context as _, Error, HttpError};
use http::StatusCode;

use crate::support::http::{Http, Reply, serve, serve_handler};
use crate::support::subscriber::Log;

const LONG: Duration = Duration::from_secs(60);
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

#[derive(Debug, thiserror::Error, HttpError)]
enum ProbeError {
    #[error("loading the model")]
    #[http(status = 503, public, expected)]
    Loading,
    #[error("the disk is full")]
    #[http(status = 503, public)]
    DiskFull,
    #[error(transparent)]
    #[http(transparent)]
    Inner(Rejected),
}

#[derive(Debug, thiserror::Error, HttpError)]
#[error("wrong password")]
#[http(status = 401, expected)]
struct Rejected;

/// What became of one failure.
struct Outcomes {
    reply: Reply,
    log: String,
    reports: usize,
    expected: u64,
}

/// Sends one request to this handler.
async fn respond(builder: Builder, http: Http, handler: MethodRouter) -> Outcomes {
    let memory = Memory::new();
    let backstop = builder.reporter(memory.clone()).build().unwrap();
    let (log, _default) = Log::start();
    let server = serve_handler(&backstop, handler).await;
    let reply = server.get(http, "/").await;
    assert!(backstop.flush(LONG).await.is_empty());
    let stats = backstop.stats();
    let stats = &stats.reporters[0];
    assert_eq!(stats.captured(), stats.delivered() + stats.dropped());
    Outcomes {
        reply,
        log: log.text(),
        reports: memory.reports().len(),
        expected: stats.count(Outcome::Expected),
    }
}

#[track_caller]
fn assert_quiet(outcomes: &Outcomes, name: &str) {
    assert_eq!((outcomes.reports, outcomes.expected), (0, 1), "{name}");
    let records = outcomes.log.matches("backstop: request failed").count();
    assert_eq!(records, 1, "{name}: {}", outcomes.log);
    assert!(
        outcomes.log.contains("DEBUG backstop:"),
        "{name}: {}",
        outcomes.log
    );
}

#[tokio::test]
async fn an_expected_failure_is_answered_as_ever_but_neither_reported_nor_logged_as_an_error() {
    let error = || Error::unavailable("loading the model").public();
    let cases: [(&str, MethodRouter, MethodRouter); 7] = [
        (
            "an error",
            get(async move || Err::<(), _>(error().expected())),
            get(async move || Err::<(), _>(error())),
        ),
        (
            "a derived error",
            get(async || Err::<(), _>(ProbeError::Loading)),
            get(async || Err::<(), _>(Error::from(ProbeError::Loading).with_status(UNAVAILABLE))),
        ),
        (
            "a text",
            get(async || (UNAVAILABLE, Extension(Expected), "loading the model")),
            get(async || (UNAVAILABLE, "loading the model")),
        ),
        (
            "a bare status",
            get(async || (UNAVAILABLE, Extension(Expected))),
            get(async || UNAVAILABLE),
        ),
        (
            "a document",
            get(async || (UNAVAILABLE, Extension(Expected), Json("loading the model"))),
            get(async || (UNAVAILABLE, Json("loading the model"))),
        ),
        (
            "a response that passes",
            get(async || {
                (
                    UNAVAILABLE,
                    Extension(Passthrough),
                    Extension(Expected),
                    "loading",
                )
            }),
            get(async || (UNAVAILABLE, Extension(Passthrough), "loading")),
        ),
        (
            "an error in a marked response",
            get(async move || (UNAVAILABLE, Extension(Expected), error())),
            get(async move || (UNAVAILABLE, error())),
        ),
    ];
    for http in Http::BOTH {
        for (name, marked, unmarked) in cases.clone() {
            let outcomes = respond(Backstop::production(), http, marked).await;
            assert_quiet(&outcomes, name);
            let ever = respond(Backstop::production(), http, unmarked).await;
            assert_eq!(
                without_id(&outcomes.reply),
                without_id(&ever.reply),
                "{name}"
            );
            assert_eq!(outcomes.reply.status, 503);
        }
    }
}

/// Status, content type and body, without the id.
fn without_id(reply: &Reply) -> (StatusCode, Option<&str>, String) {
    let body = match reply.header("x-error-id") {
        Some(id) => reply.text().replace(id, "ID"),
        None => reply.text().to_owned(),
    };
    (reply.status, reply.header("content-type"), body)
}

#[tokio::test]
async fn the_mark_survives_contexts_boxes_and_reports_of_other_crates() {
    let error = || Error::unavailable("loading the model").expected();
    let handlers = [
        (
            "a context",
            get(async move || Err::<(), Error>(error()).context("probing")),
        ),
        (
            "a box",
            get(async move || Err::<(), Error>(Error::from(backstop::BoxError::from(error())))),
        ),
        #[cfg(feature = "anyhow")]
        (
            "anyhow",
            get(async move || {
                let report = anyhow::Error::from_boxed(error().into()).context("probing");
                Err::<(), Error>(report.into())
            }),
        ),
        (
            "a transparent error",
            get(async || Err::<(), _>(ProbeError::Inner(Rejected))),
        ),
    ];
    for (name, handler) in handlers {
        let outcomes = respond(Backstop::production(), Http::One, handler).await;
        assert_quiet(&outcomes, name);
    }
}

#[tokio::test]
async fn other_failures_of_the_same_type_and_status_are_reported() {
    let handler = get(async || Err::<(), _>(ProbeError::DiskFull));
    let outcomes = respond(Backstop::production(), Http::One, handler).await;
    assert_eq!((outcomes.reports, outcomes.expected), (1, 0));
    assert!(outcomes.log.contains("ERROR backstop:"), "{}", outcomes.log);
}

#[tokio::test]
async fn a_filter_does_not_bring_expected_failures_back() {
    let everything = Reporting::new().filter(|event| {
        assert!(!event.failure().is_expected());
        true
    });
    let handler = get(async || Err::<(), _>(Error::unavailable("loading").expected()));
    let outcomes = respond(
        Backstop::production().reporting(everything),
        Http::One,
        handler,
    )
    .await;
    assert_quiet(&outcomes, "with a filter");
}

#[tokio::test]
async fn what_the_application_reports_itself_is_reported() {
    let handler = get(async || {
        let error = Error::unavailable("loading the model").expected();
        backstop::notify(&error);
        Err::<(), _>(error)
    });
    let outcomes = respond(Backstop::production(), Http::One, handler).await;
    assert_eq!((outcomes.reports, outcomes.expected), (1, 0));
}

#[tokio::test]
async fn the_expected_error_of_a_task_is_counted_and_not_reported() {
    let handler = get(async || {
        let task =
            backstop::spawn(async { Err::<(), _>(Error::msg("nothing to import").expected()) });
        assert!(task.await.unwrap().is_err());
    });
    let outcomes = respond(Backstop::production(), Http::One, handler).await;
    assert_eq!((outcomes.reports, outcomes.expected), (0, 1));
}

#[tokio::test]
async fn a_backstop_around_another_expects_the_same() {
    let memory = Memory::new();
    let outer = Backstop::production()
        .log(false)
        .reporter(memory.clone())
        .build()
        .unwrap();
    let inner = Backstop::production().log(false).build().unwrap();
    let app = axum::Router::new()
        .route(
            "/error",
            get(async || Err::<(), _>(Error::unavailable("x").expected())),
        )
        .route(
            "/text",
            get(async || (UNAVAILABLE, Extension(Expected), "x")),
        )
        .layer(inner.layer())
        .layer(outer.layer());
    let server = serve(app).await;
    for path in ["/error", "/text"] {
        assert_eq!(server.get(Http::One, path).await.status, 503);
    }
    assert!(outer.flush(LONG).await.is_empty());
    assert_eq!(memory.reports().len(), 0);
    assert_eq!(outer.stats().reporters[0].count(Outcome::Expected), 2);
}

#[tokio::test]
async fn an_error_says_whether_it_is_expected() {
    assert!(Error::msg("x").expected().is_expected());
    assert!(!Error::msg("x").is_expected());
    assert!(Error::from(ProbeError::Loading).is_expected());
    assert!(!Error::from(ProbeError::DiskFull).is_expected());
    assert!(ProbeError::Inner(Rejected).is_expected());
    assert!(
        Error::from(Rejected)
            .with_status(StatusCode::NOT_FOUND)
            .is_expected()
    );
}

#[tokio::test]
async fn the_application_chooses_the_level_of_all_other_failures() {
    let levels = |choose: fn(u16) -> LogLevel| {
        Backstop::production().log_level(move |failure| choose(failure.status().as_u16()))
    };
    let by_status = || {
        levels(|status| match status {
            401 => LogLevel::Warn,
            404 => LogLevel::Off,
            502 => LogLevel::Info,
            503 => LogLevel::Trace,
            _ => LogLevel::Error,
        })
    };
    for (status, level) in [(401, "WARN"), (502, "INFO"), (503, "TRACE"), (409, "ERROR")] {
        let outcomes = respond(by_status(), Http::One, failing(status, false)).await;
        assert!(
            outcomes.log.contains(&format!("{level} backstop:")),
            "{status}: {}",
            outcomes.log
        );
    }
    assert_eq!(
        respond(by_status(), Http::One, failing(404, false))
            .await
            .log,
        ""
    );
    let expected = respond(levels(|_| LogLevel::Error), Http::One, failing(503, true)).await;
    assert_quiet(&expected, "it is not asked");
    // What panics decides nothing.
    let panicking = || levels(|_| std::panic::panic_any("s3cr3t"));
    let _quiet = backstop::testing::quiet_panics();
    for (status, level) in [(404, "DEBUG"), (500, "ERROR")] {
        let outcomes = respond(panicking(), Http::One, failing(status, false)).await;
        assert_eq!(outcomes.reply.status, status);
        assert!(
            outcomes.log.contains(&format!("{level} backstop:")),
            "{}",
            outcomes.log
        );
    }
}

fn failing(status: u16, is_expected: bool) -> MethodRouter {
    get(move || async move {
        let error = Error::new(StatusCode::from_u16(status).unwrap(), "failed");
        let response: Response = if is_expected { error.expected() } else { error }.into_response();
        response
    })
}
