//! Records of reports.

use std::time::Duration;

use backstop_testkit::sample;
use opentelemetry::logs::Severity;
use serde_json::{Value, json};

use crate::{SPAN, TRACE, attributes, plain, record};

#[tokio::test]
async fn a_report_is_one_record_with_everything_in_it() {
    let before = std::time::SystemTime::now();
    let record = record(sample::report()).await;
    assert_eq!(record.event_name(), Some("http.server.request.exception"));
    assert_eq!(record.severity_number(), Some(Severity::Error));
    assert_eq!(record.severity_text(), Some("ERROR"));
    let at = record.timestamp().unwrap();
    let since = at.duration_since(std::time::UNIX_EPOCH).unwrap();
    assert_eq!(since, Duration::from_millis(sample::AT));
    assert!(record.observed_timestamp().unwrap() >= before);
    let trace = record.trace_context().unwrap();
    assert_eq!(
        (trace.trace_id.to_string(), trace.span_id.to_string()),
        (TRACE.to_owned(), SPAN.to_owned())
    );
    assert_eq!(
        plain(record.body().unwrap()),
        "store unavailable: connection refused: no route — to host"
    );
    let stacktrace = "\
orders::StoreError: store unavailable
    at src/store.rs:88:13
caused by: std::io::Error: connection refused
caused by: no route — to host
    at src/net.rs:7:1
stack backtrace:
   0: orders::store::load
             at src/store.rs:88:13
   1: orders::api::show
             at src/api.rs:1
   2: 0x55d0c2a91e40
";
    let report = sample::json();
    let want = json!({
        "backstop.id": sample::ID,
        "log.record.uid": sample::ID,
        "error.type": "orders::StoreError",
        "backstop.origin": "handler",
        "backstop.handled": false,
        "backstop.fingerprint": "orders::StoreError src/store.rs:88:13",
        "backstop.site": "src/store.rs:88:13 in orders::store::load",
        "exception.type": "orders::StoreError",
        "exception.message": "store unavailable",
        "exception.stacktrace": stacktrace,
        "http.request.method": "GET",
        "http.route": "/orders/{id}",
        "url.path": "/orders/17",
        "url.query": "x=1",
        "http.request.header.accept": ["application/json"],
        "http.request.header.referer": ["https://shop.example.com/"],
        "user_agent.original": "curl/8.5.0",
        "http.response.status_code": 500,
        "user.id": "19",
        "user.name": "Bob",
        "user.email": "bob@example.com",
        "thread.id": 7,
        "thread.name": "tokio-runtime-worker",
        "backstop.transaction": "GET /orders/{id}",
        "backstop.breadcrumbs": report["breadcrumbs"],
        "backstop.logs": report["logs"],
        "backstop.metadata": {"annotations": {"cart": {"total": [12, "null"]}}, "tenant": {"plan": "gold"}},
        "backstop.feature_flags": report["feature_flags"],
        "backstop.app": report["app"],
        "backstop.device": report["device"],
        "backstop.suppressed": 17,
        "plan": "gold", "items": 3, "ratio": 0.5, "new": true,
    });
    assert_eq!(Value::Object(attributes(&record)), want);
}

#[tokio::test]
async fn a_report_with_nothing_optional_is_a_record_all_the_same() {
    let record = record(sample::bare()).await;
    assert_eq!(record.event_name(), Some("exception"), "no request");
    assert_eq!(record.trace_context(), None);
    assert_eq!(plain(record.body().unwrap()), "panic");
    let attributes = attributes(&record);
    assert_eq!(attributes["exception.type"], "panic");
    assert_eq!(attributes["error.type"], "_OTHER");
    assert_eq!(attributes["backstop.id"], sample::ID);
    let ours = attributes.keys().filter(|key| key.starts_with("backstop."));
    let ours: Vec<_> = ours.collect();
    let always = ["fingerprint", "handled", "id", "origin"].map(|name| format!("backstop.{name}"));
    assert_eq!(ours, always.iter().collect::<Vec<_>>());
}

#[tokio::test]
async fn a_response_whose_error_is_not_known_is_no_exception() {
    let response = |errors: Value| {
        sample::with(|report| {
            report["origin"] = "response".into();
            report["errors"] = errors;
        })
    };
    let bare = record(response(json!([{"message": "Bad Gateway"}]))).await;
    assert_eq!(bare.event_name(), Some("backstop.response"));
    assert_eq!(plain(bare.body().unwrap()), "Bad Gateway");
    let of_bare = attributes(&bare);
    let exception = of_bare.keys().find(|key| key.starts_with("exception."));
    assert_eq!(exception, None);
    assert_eq!(of_bare["error.type"], "500");
    assert_eq!(of_bare["backstop.origin"], "response");

    let logged = json!([{"message": "session store is down", "location": "src/session.rs:7:1"}]);
    let logged = record(response(logged)).await;
    assert_eq!(logged.event_name(), Some("http.server.request.exception"));
    let message = &attributes(&logged)["exception.message"];
    assert_eq!(message, "session store is down");
}

#[tokio::test]
async fn each_severity_has_its_number_and_a_request_its_oddities() {
    for (severity, number, text) in [
        ("info", Severity::Info, "INFO"),
        ("warning", Severity::Warn, "WARN"),
        ("fatal", Severity::Fatal, "FATAL"),
    ] {
        let record = record(sample::with(|report| report["severity"] = severity.into())).await;
        assert_eq!(record.severity_number(), Some(number));
        assert_eq!(record.severity_text(), Some(text));
    }
    let odd = sample::with(|report| {
        report["request"] = json!({"method": "BREW", "url": "http://host/pot"});
        report["span_id"] = "0".repeat(16).into();
        report["errors"] =
            json!([{"message": "counting the stock"}, {"type": "io::Error", "message": "refused"}]);
    });
    let record = record(odd).await;
    let attributes = attributes(&record);
    assert_eq!(attributes["http.request.method"], "_OTHER");
    assert_eq!(attributes["http.request.method_original"], "BREW");
    assert_eq!(attributes["url.full"], "http://host/pot");
    assert_eq!(attributes["exception.type"], "io::Error");
    assert_eq!(attributes["exception.message"], "counting the stock");
    let trace = record.trace_context().unwrap();
    assert_eq!(trace.trace_id.to_string(), TRACE);
}

#[tokio::test]
async fn an_attribute_whose_name_is_taken_replaces_nothing() {
    let report = sample::with(|report| {
        report["attributes"] =
            json!({"error.type": "mine", "backstop.app": 1, "tenant": "acme", "user.id": "other"});
    });
    let attributes = attributes(&record(report).await);
    assert_eq!(attributes["backstop.id"], sample::ID);
    assert_eq!(attributes["backstop.attributes.error.type"], "mine");
    assert_eq!(attributes["backstop.app"]["name"], "orders-api");
    assert_eq!(attributes["backstop.attributes.backstop.app"], 1);
    assert_eq!(attributes["user.id"], "19");
    assert_eq!(attributes["backstop.attributes.user.id"], "other");
    assert_eq!(attributes["tenant"], "acme");
}
