//! Notices as version 3 of Airbrake's API wants them.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

use std::sync::Arc;
use std::time::Duration;

use backstop::Report;
use backstop::reporters::{Delivery, Reporter as _};
use backstop_airbrake::Airbrake;
use backstop_testkit::process::{assert_passed, child, is_child};
use backstop_testkit::responses::{self, Settings};
use backstop_testkit::{Received, Receiver, Reply, parse, sample, secrets, settings, text};
use serde_json::{Value, json};

const KEY: &str = "fd04e13d806a90f96614ad8e529b2822";

fn reporter(settings: Settings<'_>) -> Airbrake {
    let reporter = Airbrake::new(7, KEY)
        .endpoint(settings.url)
        .timeout(settings.timeout);
    match settings.root {
        Some(root) => reporter.root_certificate(root),
        None => reporter,
    }
}

/// The notice of a report, which was checked.
async fn notice(report: Report) -> Value {
    let receiver = Receiver::start(vec![Reply::status(201)]).await;
    let deliveries = reporter(Settings::new(&receiver.url()))
        .deliver(&[Arc::new(report)])
        .await;
    assert_eq!(deliveries, [Delivery::Delivered]);
    valid(&receiver.one())
}

/// What the server demands of a request.
fn valid(request: &Received) -> Value {
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/api/v3/projects/7/notices", "no key in it");
    assert_eq!(request.header("authorization"), format!("Bearer {KEY}"));
    assert_eq!(request.header("content-type"), "application/json");
    let agent = concat!("backstop/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), agent);
    assert!(request.body.len() <= 64_000, "{}", request.body.len());
    let notice = parse(&request.body);
    let errors = notice["errors"].as_array().unwrap();
    assert!(!errors.is_empty());
    for error in errors {
        assert!(!text(&error["type"]).is_empty() && error["message"].is_string());
        for frame in error["backtrace"].as_array().unwrap() {
            assert!(frame["file"].is_string() && frame["function"].is_string());
            assert!(frame["line"].is_u64() && frame["column"].is_u64());
        }
    }
    let context = &notice["context"];
    for key in ["name", "version", "url"] {
        assert!(!text(&context["notifier"][key]).is_empty(), "{key}");
    }
    let severities = ["debug", "info", "notice", "warning", "error", "critical"];
    assert!(severities.contains(&text(&context["severity"])));
    assert!(notice["params"].is_object());
    assert!(notice.get("environment").is_none_or(Value::is_object));
    notice
}

#[tokio::test]
async fn a_report_arrives_with_everything_in_it() {
    let notice = notice(sample::report()).await;
    let version = env!("CARGO_PKG_VERSION");
    let want = json!({
        "errors": [
            {"type": "orders::StoreError", "message": "store unavailable", "backtrace": [
                {"file": "/PROJECT_ROOT/src/store.rs", "line": 88, "column": 13, "function": "orders::store::load",
                 "code": {"86": "line 86", "87": "line 87", "88": "line 88", "89": "line 89", "90": "line 90"}},
                {"file": "/PROJECT_ROOT/src/api.rs", "line": 1, "column": 0, "function": "orders::api::show",
                 "code": {"1": "fn show() {", "2": "\tload();"}},
                {"file": "unknown", "line": 0, "column": 0, "function": "0x55d0c2a91e40"},
            ]},
            {"type": "std::io::Error", "message": "connection refused", "backtrace": []},
            {"type": "Error", "message": "no route — to host", "backtrace": [
                {"file": "/PROJECT_ROOT/src/net.rs", "line": 7, "column": 1, "function": "unknown"},
            ]},
        ],
        "context": {
            "notifier": {"name": "backstop", "version": version, "url": "https://docs.rs/backstop"},
            "severity": "error", "environment": "production", "version": "3.4.1", "component": "orders-api",
            "hostname": "web-3", "os": "linux", "architecture": "x86_64", "language": "Rust",
            "action": "GET /orders/{id}", "route": "/orders/{id}", "url": "/orders/17?x=1", "httpMethod": "GET",
            "userAgent": "curl/8.5.0", "referer": "https://shop.example.com/",
            "user": {"id": "19", "name": "Bob", "email": "bob@example.com"},
            "history": [
                {"type": "manual", "date": "2026-11-21T21:34:54.280Z", "severity": "info", "message": "cart loaded", "data": {"items": 3}},
                {"type": "request", "date": "2026-11-21T21:34:54.390Z", "severity": "warning", "message": "GET http://inventory/17",
                 "data": {"status": 503, "tries": [1, 2]}},
                {"type": "query", "date": "2026-11-21T21:34:54.470Z", "severity": "info", "message": "select", "data": {}},
            ],
        },
        "environment": {"accept": "application/json", "user-agent": "curl/8.5.0", "referer": "https://shop.example.com/"},
        "params": {
            "annotations": {"cart": {"total": [12, null]}},
            "attributes": {"plan": "gold", "items": 3, "ratio": 0.5, "new": true},
            "backstop": {
                "id": sample::ID, "time": "2026-11-21T21:34:54.480Z", "mechanism": "handler", "handled": false,
                "fingerprint": "orders::StoreError src/store.rs:88:13",
                "site": "src/store.rs:88:13 in orders::store::load", "status": 500,
                "traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7",
                "thread": "tokio-runtime-worker",
                "featureFlags": [{"name": "new-checkout", "variant": "blue"}, {"name": "dark-mode", "variant": null}],
                "log": ["2026-11-21T21:34:54.475Z warning store is slow"], "suppressed": 17,
            },
            "tenant": {"plan": "gold"},
        },
    });
    assert_eq!(notice, want);
}

#[tokio::test]
async fn a_report_with_nothing_optional_is_a_notice_all_the_same_and_panics_are_critical() {
    let notice = notice(sample::bare()).await;
    assert_eq!(notice["errors"][0]["type"], "panic");
    assert_eq!(notice["context"]["severity"], "critical");
}

#[tokio::test]
async fn a_notice_of_64_kilobytes_is_whole_and_one_byte_more_is_trimmed_with_a_note() {
    let of = |padding: usize| {
        sample::with(|report| report["metadata"]["tenant"]["text"] = "x".repeat(padding).into())
    };
    let receiver = Receiver::accepting().await;
    let reporter = reporter(Settings::new(&receiver.url()));
    reporter.deliver(&[Arc::new(of(0))]).await;
    let room = 64_000 - receiver.one().body.len();
    reporter
        .deliver(&[of(room), of(room + 1)].map(Arc::new))
        .await;
    let received = receiver.received();
    assert_eq!(received[1].body.len(), 64_000);
    assert!(
        valid(&received[1])["params"]["backstop"]
            .get("trimmed")
            .is_none()
    );
    assert_eq!(
        valid(&received[2])["params"]["backstop"]["trimmed"],
        json!(["texts, after 4096 bytes each"])
    );
    let huge = notice(sample::with(|report| {
        report["errors"] =
            vec![json!({"type": "E", "message": "\u{1}é".repeat(50_000)}); 40].into();
        report["frames"] = vec![report["frames"][0].clone(); 1_000].into();
    }));
    assert_eq!(huge.await["errors"].as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn nothing_more_is_sent_once_the_server_asks_for_a_pause() {
    let wait = Reply::with(429, "x-ratelimit-delay", "60");
    let receiver = Receiver::start(vec![Reply::status(201), wait]).await;
    let batch = [(); 4].map(|()| Arc::new(sample::report()));
    let deliveries = reporter(Settings::new(&receiver.url()))
        .deliver(&batch)
        .await;
    let after = Some(Duration::from_secs(60));
    assert_eq!(
        deliveries,
        [
            Delivery::Delivered,
            Delivery::Retry { after },
            Delivery::Unsent,
            Delivery::Unsent
        ]
    );
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn a_path_prefix_is_kept() {
    let receiver = Receiver::accepting().await;
    let reporter = Airbrake::new("7", KEY).endpoint(format!("{}/errbit/", receiver.url()));
    reporter.deliver(&[Arc::new(sample::report())]).await;
    assert_eq!(receiver.one().target, "/errbit/api/v3/projects/7/notices");
}

#[tokio::test]
async fn every_response_means_what_it_means_everywhere() {
    responses::check(reporter, None).await;
}

#[tokio::test]
async fn no_planted_secret_leaves() {
    secrets::check(|url| reporter(Settings::new(url))).await;
}

#[test]
fn a_setting_that_cannot_work_is_an_error_that_shows_no_secret() {
    let cases = [
        (Airbrake::new("", KEY), "project id must"),
        (Airbrake::new("7/8", KEY), "project id must"),
        (Airbrake::new(7, ""), "project key must"),
        (Airbrake::new(7, "s3cr3t\n7"), "project key must"),
        (Airbrake::from_env(), "AIRBRAKE_PROJECT_ID"),
        (
            Airbrake::new(7, KEY).endpoint("https://host/api/v3/projects/1/notices?key=s3cr3t"),
            "which is added",
        ),
        (Airbrake::new(7, KEY).endpoint("s3cr3t"), "not a valid URL"),
        (
            Airbrake::new(7, KEY).root_certificate("s3cr3t"),
            "not valid PEM",
        ),
        (
            Airbrake::new(7, KEY).timeout(Duration::ZERO),
            "timeout of 0",
        ),
    ];
    settings::check("Airbrake", cases);
    let shown = format!(
        "{:?}",
        Airbrake::new(7, KEY).endpoint("https://host/?k=s3cr3t")
    );
    assert!(!shown.contains(KEY) && !shown.contains("s3cr3t"), "{shown}");
}

#[tokio::test]
async fn project_and_key_can_come_from_the_environment() {
    if is_child() {
        Airbrake::from_env().check().unwrap();
        return;
    }
    let mut child = child();
    child
        .env("AIRBRAKE_PROJECT_ID", "7")
        .env("AIRBRAKE_PROJECT_KEY", KEY);
    assert_passed(&child.output().unwrap());
}
