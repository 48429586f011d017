//! The frames of reports: where an error was made.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on panics"
)]

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::prelude::*;
use backstop::report::Frame;
use backstop::reporters::Memory;
use backstop::settings::{InApp, Reporting};
use backstop::{Backstop, Builder, Error, Report};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

#[inline(never)]
fn made_here() -> backstop::Result<()> {
    Err(Error::msg("broken"))
}

#[inline(never)]
fn by_question_mark() -> backstop::Result<()> {
    std::fs::read("/no/such/file")?;
    Ok(())
}

#[inline(never)]
fn by_or_status() -> backstop::Result<()> {
    "x".parse::<u8>().or_status(StatusCode::BAD_GATEWAY)?;
    Ok(())
}

const HANDLER: &str = concat!(module_path!(), "::handler");

async fn handler() -> backstop::Result<()> {
    made_here()
}

/// The reports of one error that a handler returned.
async fn reports_of(builder: Builder, make: fn() -> backstop::Result<()>) -> Vec<Arc<Report>> {
    let memory = Memory::new();
    let backstop = builder.log(false).reporter(memory.clone()).build().unwrap();
    let app = Router::new()
        .route("/", get(move || async move { make() }))
        .route("/handler", get(handler))
        .layer(backstop.layer());
    for path in ["/", "/handler"] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = app.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_server_error());
    }
    let remaining = backstop.flush(Duration::from_secs(60)).await;
    assert!(remaining.is_empty());
    memory.reports()
}

fn first_own(report: &Report) -> &Frame {
    let own = report.frames.iter().find(|frame| frame.in_app);
    own.unwrap_or_else(|| panic!("none of {:#?}", report.frames))
}

fn shown(frame: &Frame) -> Vec<&str> {
    let lines = frame.source.iter();
    let at = lines.filter(|line| Some(line.number) == frame.line);
    at.map(|line| line.text.trim()).collect()
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn in_development_a_report_names_the_function_that_made_the_error() {
    for (make, name, source) in [
        (
            made_here as fn() -> _,
            concat!(module_path!(), "::made_here"),
            r#"Err(Error::msg("broken"))"#,
        ),
        (
            by_question_mark,
            concat!(module_path!(), "::by_question_mark"),
            r#"std::fs::read("/no/such/file")?;"#,
        ),
        (
            by_or_status,
            concat!(module_path!(), "::by_or_status"),
            r#""x".parse::<u8>().or_status(StatusCode::BAD_GATEWAY)?;"#,
        ),
    ] {
        let reports = reports_of(Backstop::development(), make).await;
        let frames = &reports[0].frames;
        let first = first_own(&reports[0]);
        assert_eq!(first.function.as_deref(), Some(name), "{frames:#?}");
        assert_eq!(
            frames.first().map(|frame| &**frame),
            Some(first),
            "what took the stack is left out"
        );
        assert!(first.file.as_ref().unwrap().ends_with(file!()));
        let location = reports[0].errors[0].location.as_ref().unwrap();
        assert_eq!(
            (location.file(), Some(location.line())),
            (file!(), first.line)
        );
        assert_eq!(first.source.len(), 11);
        assert_eq!(shown(first), [source]);
        assert!(frames.len() <= 128);
        assert!(
            frames
                .iter()
                .any(|frame| !frame.in_app && frame.source.is_empty()),
            "the server's own frames are there too"
        );
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn functions_that_were_inlined_have_frames_of_their_own() {
    let reports = reports_of(Backstop::development(), made_here).await;
    let functions = reports[1]
        .frames
        .iter()
        .map(|frame| frame.function.as_deref());
    let functions: Vec<&str> = functions.flatten().collect();
    assert!(functions[0].contains("made_here"), "{functions:#?}");
    assert!(functions[1].contains(HANDLER), "{functions:#?}");
}

#[tokio::test]
async fn production_captures_no_backtrace_unless_it_is_enabled() {
    for report in reports_of(Backstop::production(), made_here).await {
        assert!(report.frames.is_empty());
    }
    let enabled = Backstop::production().reporting(Reporting::new().capture_backtraces(true));
    for report in reports_of(enabled, made_here).await {
        assert!(!report.frames.is_empty());
    }
    let disabled = Backstop::development().reporting(Reporting::new().capture_backtraces(false));
    for report in reports_of(disabled, made_here).await {
        assert!(report.frames.is_empty());
    }
}

#[tokio::test]
async fn another_backstops_wish_is_not_this_ones() {
    let memory = Memory::new();
    let asks = Backstop::development()
        .reporter(memory.clone())
        .build()
        .unwrap();
    assert!(backstop::Failure::from(Error::msg("x")).has_backtrace());
    for report in reports_of(Backstop::production(), made_here).await {
        assert!(report.frames.is_empty());
    }
    drop(asks);
}

#[tokio::test]
async fn frames_change_no_fingerprint() {
    let without = reports_of(Backstop::production(), made_here).await;
    let with = reports_of(Backstop::development(), made_here).await;
    for (without, with) in without.iter().zip(with) {
        assert_eq!(without.fingerprint, with.fingerprint);
        assert_ne!(without.frames, with.frames);
    }
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn the_application_says_whose_functions_are_and_how_much_source_is_shown() {
    let in_app = InApp::new().exclude(["it"]).include([HANDLER]);
    let reporting = Reporting::new().in_app(in_app).context_lines(1);
    let builder = Backstop::development().reporting(reporting);
    let reports = reports_of(builder, made_here).await;
    let frames = &reports[1].frames;
    assert!(!frames[0].in_app);
    let first = first_own(&reports[1]);
    assert!(first.function.as_ref().unwrap().contains(HANDLER));
    assert_eq!(first.source.len(), 3);
}

#[tokio::test]
async fn an_error_that_is_wrapped_keeps_the_stack_of_where_it_was_made() {
    fn wrapped() -> backstop::Result<()> {
        let boxed = backstop::BoxError::from(made_here().unwrap_err());
        let wrapped: backstop::BoxError = Box::new(std::io::Error::other(boxed));
        Err(Error::from(wrapped))
    }
    let reports = reports_of(Backstop::development(), wrapped).await;
    let function = reports[0]
        .frames
        .first()
        .and_then(|it| it.function.as_deref());
    if cfg!(target_os = "linux") {
        assert_eq!(function, Some(concat!(module_path!(), "::made_here")));
    }
}

#[tokio::test]
async fn what_the_application_reports_itself_has_frames_too() {
    let memory = Memory::new();
    let backstop = Backstop::development()
        .reporter(memory.clone())
        .build()
        .unwrap();
    backstop.notify(&std::fmt::Error);
    backstop.notify(&made_here().unwrap_err());
    backstop.flush(Duration::from_secs(60)).await;
    let reports = memory.reports();
    assert_eq!(reports.len(), 2);
    for report in reports {
        assert!(!report.frames.is_empty());
    }
}

#[tokio::test]
async fn a_report_with_frames_stays_small() {
    for report in reports_of(Backstop::development(), made_here).await {
        let bytes = serde_json::to_vec(&*report).unwrap().len();
        println!("{} frames, {bytes} bytes", report.frames.len());
        assert!(bytes < 256 * 1024, "{bytes}");
    }
}
