//! One request full of secrets, through every exit at once: each format of the response, its headers, the log, and
//! every local reporter.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on panics, and a handler of it does"
)]

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use backstop::prelude::*;
use backstop::report::{Breadcrumb, FeatureFlag, Severity};
use backstop::reporters::{Console, Delivery, Memory, Reporter, Spool, Tracing};
use backstop::settings::Reporting;
use backstop::{Backstop, Context as _, Error, Report, Scope};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::json;
use tower::ServiceExt as _;

use crate::support::http::FORMATS;
use crate::support::process::passed_alone;

const SECRET: &str = "s3cr3t";

#[tokio::test]
async fn no_planted_secret_leaves_through_any_format_header_log_or_reporter() {
    if passed_alone() {
        return;
    }
    let (printed, logged) = (Paper::default(), Paper::default());
    let folder = tempfile::tempdir().unwrap();
    let memory = Memory::new();
    let backstop = Backstop::production()
        .redact_keys(["color"])
        .reporting(Reporting::new().keep_headers([http::header::USER_AGENT, http::header::REFERER]))
        .attribute("deploy_token", SECRET)
        .reporter(memory.clone())
        .reporter(Console::to(printed.clone()))
        .reporter(Tracing::new())
        .reporter(Spool::new(folder.path(), Stuck))
        .build()
        .unwrap();
    let app = Router::new()
        .route("/error", get(fails))
        .route("/panic", get(panics))
        .layer(backstop.layer());

    let writer = logged.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    // The reporters log on threads of their own.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let _quiet = backstop::testing::quiet_panics();

    let mut responses = 0;
    for path in ["/error", "/panic"] {
        for format in FORMATS {
            let request = Request::get(format!("{path}?token={SECRET}&page=2&api%5Fkey={SECRET}"))
                .header("accept", format)
                .header("authorization", format!("Bearer {SECRET}"))
                .header("cookie", format!("session={SECRET}"))
                .header("x-api-key", SECRET)
                .header("user-agent", "curl")
                .header(
                    "referer",
                    format!("https://me:{SECRET}@shop.example/?token={SECRET}"),
                )
                .body(Body::empty())
                .unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert!(response.status().is_server_error());
            let head = format!("{:?}", response.headers());
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(!head.contains(SECRET), "{format}: {head}");
            assert!(!body.contains(SECRET), "{format}: {body}");
            responses += 1;
        }
    }
    // The spool's reporter takes nothing, so that its files stay; the others are done.
    backstop.flush(Duration::from_secs(5)).await;

    let reports = memory.reports();
    assert_eq!(reports.len(), responses);
    let kept =
        serde_json::to_string(&reports.iter().map(|report| &**report).collect::<Vec<_>>()).unwrap();
    let spooled = files(folder.path());
    for (exit, text) in [
        ("memory", &kept),
        ("console", &printed.text()),
        ("log and tracing", &logged.text()),
        ("spool", &spooled),
    ] {
        assert!(!text.contains(SECRET), "{exit}: {text}");
        // Text that is not secret passes, so the exit was open.
        assert!(text.contains("the till is open"), "{exit}: {text}");
    }
    assert!(kept.contains("page=2") && kept.contains("[REDACTED]"));
}

async fn fails(scope: Scope) -> backstop::Result<()> {
    plant_secret(&scope);
    let refused = io::Error::other(format!(
        "postgres://app:{SECRET}@db/shop refused, password={SECRET}"
    ));
    Err(refused)
        .or_status(StatusCode::BAD_GATEWAY)
        .map_err(|error| {
            error
                .with_field("card_number", SECRET)
                .with_details(json!({ "auth": [SECRET] }))
        })
        .context("the till is open")
}

async fn panics(scope: Scope) {
    plant_secret(&scope);
    panic!("the till is open: token={SECRET}");
}

/// Plants the secret in every part of the scope data.
fn plant_secret(scope: &Scope) {
    scope.add_breadcrumb(format!(
        "GET https://me:{SECRET}@bank.example/?token={SECRET}"
    ));
    scope.add_breadcrumb(
        Breadcrumb::new("asked").with_data(json!({ "deep": [{ "password": SECRET }] })),
    );
    scope.set_attribute("api_key_v2", SECRET);
    scope.set_attribute("color", SECRET);
    scope.add_attributes(json!({ "user": { "session_id": SECRET } }));
    scope.add_annotation(
        "body",
        json!({ "X-Auth-Token": SECRET, "text": format!("{{\"secret\": \"{SECRET}\"}}") }),
    );
    scope.set_metadata("headers", "Set-Cookie", SECRET);
    scope.log(Severity::Info, format!("login with passwd={SECRET}"));
    scope.add_feature_flag(FeatureFlag::new("csrf_token").with_variant(format!("token={SECRET}")));
    let error = Error::msg(format!("jwt={SECRET}"));
    scope.on_report(move |report| {
        report
            .attributes
            .insert("credential".to_owned(), error.to_string().into());
        true
    });
}

/// Never there, so that what it is given stays in its spool.
struct Stuck;

impl Reporter for Stuck {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        batch
            .iter()
            .map(|_| Delivery::Retry { after: None })
            .collect()
    }
}

/// All that the files below a folder hold.
fn files(folder: &std::path::Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text.push_str(&files(&path));
        } else {
            text.push_str(&String::from_utf8_lossy(&std::fs::read(path).unwrap()));
        }
    }
    text
}

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_replaced_redactor_decides_alone_for_reports_log_and_details_and_its_panic_hides_the_text()
 {
    let log = Paper::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    let _log = tracing::subscriber::set_default(subscriber);
    let memory = Memory::new();
    let backstop = Backstop::development()
        .redact_with(|key, text| match key {
            Some("session") => panic!("it cannot be shown"),
            Some("plan") => "***".into(),
            _ => text.replace("hunter2", "***").into(),
        })
        .reporter(memory.clone())
        .build()
        .unwrap();
    let handler = async |scope: Scope| {
        scope.set_attribute("plan", "gold");
        scope.set_attribute("session", 7);
        scope.set_attribute("password", SECRET);
        Err::<(), _>(Error::msg("hunter2, password=s3cr3t"))
    };
    let app = Router::new()
        .route("/hunter2", get(handler))
        .layer(backstop.layer());
    let request = Request::get("/hunter2?token=s3cr3t")
        .header("host", "localhost")
        .body(Body::empty())
        .unwrap();
    let response = app
        .oneshot(backstop::testing::local(request))
        .await
        .unwrap();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let _ = backstop.flush(Duration::from_secs(60)).await;
    let report = &memory.reports()[0];
    assert_eq!(
        serde_json::to_value(&report.attributes).unwrap(),
        json!({"plan": "***", "session": "[REDACTED]", "password": SECRET})
    );
    assert_eq!(report.errors[0].message, "***, password=s3cr3t");
    assert_eq!(report.request.as_ref().unwrap().url, "/***?token=s3cr3t");
    for text in [&body, &log.text()] {
        assert!(
            text.contains("***, password=s3cr3t") && !text.contains("hunter2, "),
            "{text}"
        );
    }
}
