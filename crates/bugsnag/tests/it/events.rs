//! Events of reports.

use backstop_testkit::sample;
use serde_json::json;

use crate::{event, events};

#[tokio::test]
async fn a_report_arrives_with_everything_in_it() {
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
            "backstop": {"id": sample::ID, "mechanism": "handler", "route": "/orders/{id}",
                         "site": "src/store.rs:88:13 in orders::store::load", "suppressed": 17},
            "log": {"lines": ["2026-11-21T21:34:54.475Z warning store is slow"]},
            "tenant": {"plan": "gold"},
        },
    });
    assert_eq!(event, want);
}

#[tokio::test]
async fn a_report_with_nothing_optional_is_an_event_all_the_same() {
    let event = event(sample::bare()).await;
    assert_eq!(event["exceptions"][0]["errorClass"], "panic");
    assert!(event.get("request").is_none() && event.get("user").is_none());
}

#[tokio::test]
async fn the_reason_of_a_severity_follows_from_the_origin_of_each_event() {
    let sample_of = |origin: &str, handled: bool, severity: &str| {
        sample::with(|report| {
            report["origin"] = origin.into();
            report["handled"] = handled.into();
            report["severity"] = severity.into();
        })
    };
    let cases = [
        (
            sample_of("handler", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            sample_of("service", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            sample_of("response", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            sample_of("body", false, "error"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            sample_of("panic", false, "error"),
            "error",
            "unhandledPanic",
            false,
        ),
        (
            sample_of("panic", true, "error"),
            "error",
            "handledPanic",
            true,
        ),
        (
            sample_of("task", false, "error"),
            "error",
            "unhandledError",
            false,
        ),
        (
            sample_of("notify", true, "warning"),
            "warning",
            "handledException",
            false,
        ),
        (
            sample_of("intercept", true, "warning"),
            "warning",
            "handledException",
            false,
        ),
        (
            sample_of("notify", true, "info"),
            "info",
            "userCallbackSetSeverity",
            false,
        ),
        (
            sample_of("handler", false, "fatal"),
            "error",
            "unhandledErrorMiddleware",
            false,
        ),
        (
            sample_of("notify", false, "warning"),
            "warning",
            "handledException",
            true,
        ),
        (
            sample_of("handler", false, "error"),
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
