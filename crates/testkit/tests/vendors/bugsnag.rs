//! Bugsnag: payloads as its own acceptance server checks them, and what each answer means.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what must not fail in a test fails it"
)]

use std::sync::Arc;

use backstop::reporters::{Bugsnag, Delivery, Reporter as _};
use backstop::{Backstop, Report};
use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::receiver::matrix::At;
use super::receiver::{Received, Receiver, Reply, matrix, parse, sample, secrets};
use crate::support::process;

const KEY: &str = "0123456789abcdef0123456789abcdef";

fn sink(at: At<'_>) -> Bugsnag {
    let sink = Bugsnag::new(KEY).endpoint(at.url).timeout(at.timeout);
    match at.root {
        Some(root) => sink.root_certificate(root),
        None => sink,
    }
}

/// Sends reports and returns the events of all requests, each of which was checked.
async fn events(reports: Vec<Report>) -> Vec<Value> {
    let receiver = Receiver::taking().await;
    let batch: Vec<Arc<Report>> = reports.into_iter().map(Arc::new).collect();
    let answers = sink(At::new(&receiver.url())).deliver(&batch).await;
    assert_eq!(answers, vec![Delivery::Delivered; batch.len()]);
    let received = receiver.received();
    received.iter().flat_map(valid_events).collect()
}

async fn event(report: Report) -> Value {
    let mut events = events(vec![report]).await;
    assert_eq!(events.len(), 1);
    events.remove(0)
}

/// What Bugsnag's acceptance server demands of a request.
fn valid_events(request: &Received) -> Vec<Value> {
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-type"), "application/json");
    assert!(request.body.len() <= 1_000_000, "{}", request.body.len());
    let digest: String = Sha1::digest(&request.body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        request.header("bugsnag-integrity"),
        format!("sha1 {digest}")
    );
    assert_time(request.header("bugsnag-sent-at"));
    let agent = concat!("backstop/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), agent);
    let body = parse(&request.body);
    assert_eq!(body["apiKey"], request.header("bugsnag-api-key"));
    assert_eq!(
        body["payloadVersion"],
        request.header("bugsnag-payload-version")
    );
    for key in ["name", "version", "url"] {
        assert!(!text(&body["notifier"][key]).is_empty(), "{key}");
    }
    let events = body["events"].as_array().unwrap().clone();
    assert!(!events.is_empty());
    events.iter().for_each(assert_event);
    events
}

fn assert_event(event: &Value) {
    assert_eq!(event["payloadVersion"], "5");
    assert!(["error", "warning", "info"].contains(&text(&event["severity"])));
    assert!(event["unhandled"].is_boolean());
    let reasons = [
        "unhandledErrorMiddleware",
        "unhandledPanic",
        "handledPanic",
        "handledException",
        "unhandledError",
        "userCallbackSetSeverity",
    ];
    assert!(reasons.contains(&text(&event["severityReason"]["type"])));
    let exceptions = event["exceptions"].as_array().unwrap();
    assert!(!exceptions.is_empty());
    for exception in exceptions {
        assert!(!text(&exception["errorClass"]).is_empty());
        assert!(exception["message"].is_string());
        assert!(exception.get("type").is_none(), "there is no `rust`");
        for frame in exception["stacktrace"].as_array().unwrap() {
            assert!(frame["file"].is_string() && frame["method"].is_string());
            assert!(frame["lineNumber"].is_u64());
            let code = frame.get("code").and_then(Value::as_object);
            let numbers = code.into_iter().flat_map(|code| code.keys());
            let line = frame["lineNumber"].as_u64().unwrap();
            for number in numbers {
                assert!(number.parse::<u64>().unwrap().abs_diff(line) <= 3);
            }
        }
    }
    let kinds = [
        "navigation",
        "request",
        "process",
        "log",
        "user",
        "state",
        "error",
        "manual",
    ];
    for crumb in event["breadcrumbs"].as_array().unwrap() {
        assert_time(text(&crumb["timestamp"]));
        assert!(!text(&crumb["name"]).is_empty() && crumb["metaData"].is_object());
        assert!(kinds.contains(&text(&crumb["type"])));
    }
    for flag in event["featureFlags"].as_array().unwrap() {
        assert!(!text(&flag["featureFlag"]).is_empty());
        assert!(flag.get("variant").is_none_or(Value::is_string));
    }
    assert_time(text(&event["device"]["time"]));
    let sections = event["metaData"].as_object().unwrap();
    assert!(sections.values().all(Value::is_object));
    assert!(
        event
            .as_object()
            .unwrap()
            .values()
            .all(|value| !value.is_null()),
        "what is not known is left out: {event}"
    );
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
fn assert_time(time: &str) {
    let shape: String = time
        .chars()
        .map(|character| {
            if character.is_ascii_digit() {
                '0'
            } else {
                character
            }
        })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z");
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[tokio::test]
async fn a_report_arrives_with_all_that_it_tells() {
    let event = event(sample::report()).await;
    let want = json!({
        "payloadVersion": "5",
        "exceptions": [
            {"errorClass": "orders::StoreError", "message": "store unavailable", "stacktrace": [
                {"file": "src/store.rs", "lineNumber": 88, "columnNumber": 13, "method": "orders::store::load", "inProject": true,
                 "code": {"85": "line 85", "86": "line 86", "87": "line 87", "88": "line 88", "89": "line 89", "90": "line 90", "91": "line 91"}},
                {"file": "src/api.rs", "lineNumber": 1, "method": "orders::api::show", "inProject": true,
                 "code": {"1": "fn show() {", "2": "\tload();"}},
                {"file": "unknown", "lineNumber": 0, "method": "unknown", "inProject": false, "frameAddress": "0x55d0c2a91e40"},
            ]},
            {"errorClass": "std::io::Error", "message": "connection refused", "stacktrace": []},
            {"errorClass": "Error", "message": "no route — to host", "stacktrace": [
                {"file": "src/net.rs", "lineNumber": 7, "columnNumber": 1, "method": "unknown", "inProject": true},
            ]},
        ],
        "severity": "error", "unhandled": true,
        "severityReason": {"type": "unhandledErrorMiddleware", "attributes": {"framework": "tower"}},
        "context": "GET /orders/{id}",
        "groupingHash": "orders::StoreError src/store.rs:88:13",
        "user": {"id": "19", "name": "Bob", "email": "bob@example.com"},
        "app": {"id": "orders-api", "version": "3.4.1", "releaseStage": "production", "binaryArch": "x86_64"},
        "device": {"hostname": "web-3", "osName": "linux", "time": "2026-11-21T21:34:54.480Z"},
        "request": {"httpMethod": "GET", "url": "/orders/17?x=1", "referer": "https://shop.example.com/",
                    "headers": {"accept": "application/json", "user-agent": "curl/8.5.0", "referer": "https://shop.example.com/"}},
        "response": {"statusCode": 500, "headers": {}},
        "threads": [{"id": "7", "name": "tokio-runtime-worker", "errorReportingThread": true, "stacktrace": []}],
        "breadcrumbs": [
            {"timestamp": "2026-11-21T21:34:54.280Z", "name": "cart loaded", "type": "manual", "metaData": {"items": 3}},
            {"timestamp": "2026-11-21T21:34:54.390Z", "name": "GET http://inventory/17", "type": "request",
             "metaData": {"status": 503, "tries": [1, 2], "level": "warning"}},
            {"timestamp": "2026-11-21T21:34:54.470Z", "name": "select", "type": "process", "metaData": {}},
        ],
        "featureFlags": [{"featureFlag": "new-checkout", "variant": "blue"}, {"featureFlag": "dark-mode"}],
        "correlation": {"traceId": "4bf92f3577b34da6a3ce929d0e0e4736", "spanId": "00f067aa0ba902b7"},
        "metaData": {
            "annotations": {"cart": {"total": [12, null]}},
            "attributes": {"plan": "gold", "items": 3, "ratio": 0.5, "new": true},
            "backstop": {"id": sample::ID, "mechanism": "handler", "route": "/orders/{id}", "suppressed": 17},
            "log": {"lines": ["2026-11-21T21:34:54.475Z warning store is slow"]},
            "tenant": {"plan": "gold"},
        },
    });
    assert_eq!(event, want);
}

#[tokio::test]
async fn a_report_of_almost_nothing_is_an_event_all_the_same() {
    let event = event(sample::bare()).await;
    assert_eq!(event["exceptions"][0]["errorClass"], "panic");
    assert!(event.get("request").is_none() && event.get("user").is_none());
}

#[tokio::test]
async fn the_severity_has_a_reason_by_the_way_and_the_next_event_its_own() {
    let told = |mechanism: &str, handled: bool, severity: &str| {
        sample::with(|report| {
            report["mechanism"] = mechanism.into();
            report["handled"] = handled.into();
            report["severity"] = severity.into();
        })
    };
    let cases = [
        (
            told("handler", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            told("service", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            told("response", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            told("body", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            told("panic", false, "error"),
            "error",
            "unhandledPanic",
            false,
        ),
        (told("panic", true, "error"), "error", "handledPanic", true),
        (
            told("task", false, "error"),
            "error",
            "unhandledError",
            false,
        ),
        (
            told("notify", true, "warning"),
            "warning",
            "handledException",
            false,
        ),
        (
            told("intercept", true, "warning"),
            "warning",
            "handledException",
            false,
        ),
        (
            told("notify", true, "info"),
            "info",
            "userCallbackSetSeverity",
            false,
        ),
        (
            told("handler", false, "fatal"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            told("notify", false, "warning"),
            "warning",
            "handledException",
            true,
        ),
        (
            told("handler", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
    ];
    let reports = cases.iter().map(|case| case.0.clone()).collect();
    let events = events(reports).await;
    assert_eq!(events.len(), cases.len(), "all in one request");
    for (event, (report, severity, reason, overridden)) in events.iter().zip(&cases) {
        assert_eq!(event["severity"], *severity);
        assert_eq!(event["unhandled"], !report.handled);
        assert_eq!(event["severityReason"]["type"], *reason, "{report:?}");
        let mark = event["severityReason"].get("unhandledOverridden");
        assert_eq!(mark.is_some(), *overridden, "{report:?}");
    }
}

#[tokio::test]
async fn a_batch_is_one_request_and_more_than_a_megabyte_are_several() {
    let receiver = Receiver::taking().await;
    let sink = sink(At::new(&receiver.url()));
    let large = Arc::new(sample::with(|report| {
        report["metadata"]["annotations"]["text"] = "é".repeat(200_000).into();
    }));
    let batch = vec![
        Arc::new(sample::report()),
        Arc::clone(&large),
        large.clone(),
        large,
    ];
    assert_eq!(sink.deliver(&batch).await, vec![Delivery::Delivered; 4]);
    let counts = receiver.received();
    let counts: Vec<usize> = counts.iter().map(|one| valid_events(one).len()).collect();
    assert_eq!(counts, [3, 1]);
}

#[tokio::test]
async fn an_event_of_a_megabyte_to_the_byte_is_whole_and_one_byte_more_is_trimmed_with_a_note() {
    let of = |padding: usize| {
        sample::with(|report| {
            report["metadata"]["annotations"]["text"] = "x".repeat(padding).into()
        })
    };
    let receiver = Receiver::taking().await;
    let sink = sink(At::new(&receiver.url()));
    sink.deliver(&[Arc::new(of(0))]).await;
    let room = 1_000_000 - receiver.one().body.len();
    for padding in [room, room + 1] {
        sink.deliver(&[Arc::new(of(padding))]).await;
    }
    let received = receiver.received();
    assert_eq!(received[1].body.len(), 1_000_000);
    let whole = &valid_events(&received[1])[0];
    assert!(whole["metaData"]["backstop"].get("trimmed").is_none());
    let trimmed = &valid_events(&received[2])[0];
    assert_eq!(
        trimmed["metaData"]["backstop"]["trimmed"],
        json!(["texts, after 4096 bytes each"])
    );
    let huge = event(sample::with(|report| {
        report["errors"][0]["message"] = "\u{1}é".repeat(2_000_000).into();
        report["frames"] = vec![report["frames"][0].clone(); 5_000].into();
    }))
    .await;
    assert_eq!(huge["exceptions"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_bad_event_does_not_take_the_others_of_its_batch_along() {
    let replies = [400, 200, 400, 503].map(Reply::status).to_vec();
    let receiver = Receiver::start(replies).await;
    let batch = [(); 3].map(|()| Arc::new(sample::report()));
    let answers = sink(At::new(&receiver.url())).deliver(&batch).await;
    assert_eq!(
        answers,
        [Delivery::Delivered, Delivery::Rejected, Delivery::RETRY]
    );
    let refusing = Receiver::start(vec![Reply::status(401)]).await;
    let answers = sink(At::new(&refusing.url())).deliver(&batch).await;
    assert_eq!(answers, [Delivery::Rejected; 3]);
    assert_eq!(refusing.received().len(), 1, "a bad key is bad for all");
}

#[tokio::test]
async fn only_reports_of_the_enabled_stages_are_sent_and_those_of_no_stage() {
    let receiver = Receiver::taking().await;
    let sink = sink(At::new(&receiver.url())).enabled_release_stages(["production"]);
    let staging = sample::with(|report| report["app"]["release_stage"] = "staging".into());
    let batch = [staging, sample::report(), sample::bare()].map(Arc::new);
    let answers = sink.deliver(&batch).await;
    assert_eq!(
        answers,
        [Delivery::Filtered, Delivery::Delivered, Delivery::Delivered]
    );
    assert_eq!(valid_events(&receiver.one()).len(), 2);
}

#[tokio::test]
async fn every_answer_means_what_it_means_everywhere() {
    matrix::check(sink, None).await;
}

#[tokio::test]
async fn no_planted_secret_leaves() {
    secrets::check(|url| sink(At::new(url))).await;
}

#[test]
fn a_bad_setting_is_an_error_that_shows_no_secret() {
    let cases = [
        (Bugsnag::new("s3cr3t"), "the API key is not 32"),
        (Bugsnag::new(""), "the API key is not 32"),
        (Bugsnag::from_env(), "BUGSNAG_API_KEY is not 32"),
        (Bugsnag::new(KEY).endpoint("s3cr3t"), "no URL"),
        (Bugsnag::new(KEY).endpoint("ftp://host/s3cr3t"), "https://"),
        (
            Bugsnag::new(KEY).endpoint("https://a:s3cr3t@host/"),
            "password",
        ),
        (Bugsnag::new(KEY).root_certificate("s3cr3t"), "no PEM"),
        (
            Bugsnag::new(KEY).timeout(std::time::Duration::ZERO),
            "timeout of 0",
        ),
    ];
    for (sink, problem) in cases {
        let error = Backstop::production().reporter(sink).build().unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.starts_with("reporter: Bugsnag: "), "{text}");
        assert!(text.contains(problem) && !text.contains("s3cr3t"), "{text}");
    }
    let shown = format!("{:?}", Bugsnag::new(KEY).endpoint("https://host/?k=s3cr3t"));
    assert!(!shown.contains(KEY) && !shown.contains("s3cr3t"), "{shown}");
}

/// Environment variables belong to the process, so this is asked of a process of its own.
#[test]
fn the_key_comes_from_the_environment() {
    let mut child = process::sibling("child_takes_the_key_from_the_environment");
    let output = process::output(child.env("BUGSNAG_API_KEY", KEY));
    assert!(output.status.success(), "{output:?}");
}

#[test]
#[ignore = "it is the child of the test above"]
fn child_takes_the_key_from_the_environment() {
    let is_set = std::env::var_os("BUGSNAG_API_KEY").is_some();
    assert_eq!(Bugsnag::from_env().check().is_ok(), is_set);
}

/// A proxy is asked for the whole URL; nobody resolves the host's name here.
#[tokio::test]
async fn a_proxy_of_the_environment_is_used() {
    let proxy = Receiver::taking().await;
    let mut child = tokio::process::Command::from(process::sibling("child_sends_through_a_proxy"));
    child
        .env("http_proxy", proxy.url())
        .env_remove("no_proxy")
        .env_remove("NO_PROXY");
    let output = child.output().await.unwrap();
    process::assert_ran_one(&output);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(proxy.one().target, "http://bugsnag.invalid/");
}

#[tokio::test]
#[ignore = "it is the child of the test above"]
async fn child_sends_through_a_proxy() {
    if std::env::var_os("http_proxy").is_some() {
        let sink = sink(At::new("http://bugsnag.invalid/"));
        let answers = sink.deliver(&[Arc::new(sample::bare())]).await;
        assert_eq!(answers, [Delivery::Delivered]);
    }
}
