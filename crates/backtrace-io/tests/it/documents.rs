//! Documents of reports.

use backstop_backtrace_io::BacktraceIo;
use backstop_testkit::sample;
use serde_json::{Value, json};

use crate::{sent, sent_by};

#[tokio::test]
async fn a_report_arrives_with_everything_in_it() {
    let (mut document, breadcrumbs) = sent(sample::report()).await;
    document.as_object_mut().unwrap().remove("fingerprint");
    let version = env!("CARGO_PKG_VERSION");
    let lines = |from: u32, to: u32| -> String {
        (from..=to)
            .map(|number| format!("line {number}\n"))
            .collect()
    };
    let want = json!({
        "uuid": sample::ID, "timestamp": 1_795_296_894,
        "lang": "rust", "langVersion": env!("CARGO_PKG_RUST_VERSION"), "agent": "backstop", "agentVersion": version,
        "mainThread": "main",
        "threads": {"main": {"name": "tokio-runtime-worker", "fault": true, "stack": [
            {"funcName": "orders::store::load", "address": "0x1", "library": "src/store.rs", "line": 88, "column": 13, "sourceCode": "src0"},
            {"funcName": "orders::api::show", "address": "0x2", "library": "src/api.rs", "line": 1, "sourceCode": "src1"},
            {"address": "0x55d0c2a91e40"},
        ]}},
        "sourceCode": {
            "src0": {"text": lines(83, 93), "startLine": 83, "startColumn": 1, "tabWidth": 4, "path": "src/store.rs"},
            "src1": {"text": "fn show() {\n\tload();\n", "startLine": 1, "startColumn": 1, "tabWidth": 4, "path": "src/api.rs"},
        },
        "classifiers": ["orders::StoreError", "std::io::Error", "http-500"],
        "attributes": {
            "plan": "gold", "items": 3, "ratio": "0.5", "new": true,
            "application": "orders-api", "application.version": "3.4.1", "environment": "production",
            "backtrace.agent": "backstop", "backtrace.version": version, "breadcrumbs.lastId": 1_795_296_897,
            "cpu.arch": "x86_64", "uname.sysname": "linux", "hostname": "web-3",
            "error.message": "store unavailable", "error.type": "Unhandled exception",
            "handled": false, "mechanism": "handler", "severity": "error",
            "site": "src/store.rs:88:13 in orders::store::load", "suppressed": 17,
            "request.method": "GET", "request.route": "/orders/{id}", "request.url": "/orders/17?x=1", "response.status": 500,
            "trace.id": "4bf92f3577b34da6a3ce929d0e0e4736", "transaction": "GET /orders/{id}", "user.id": "19",
        },
        "annotations": {
            "error": {"type": "orders::StoreError", "message": "store unavailable", "at": "src/store.rs:88:13",
                "cause": {"type": "std::io::Error", "message": "connection refused",
                    "cause": {"message": "no route — to host", "at": "src/net.rs:7:1"}}},
            "request": {"headers": {"accept": "application/json", "user-agent": "curl/8.5.0", "referer": "https://shop.example.com/"}},
            "user": {"id": "19", "name": "Bob", "email": "bob@example.com"},
            "featureFlags": [{"name": "new-checkout", "variant": "blue"}, {"name": "dark-mode"}],
            "logs": [{"timestamp": sample::AT - 5, "level": "warning", "message": "store is slow"}],
            "cart": {"total": [12, null]}, "tenant": {"plan": "gold"},
        },
    });
    assert_eq!(document, want);
    let crumbs = json!([
        {"id": 1_795_296_895, "message": "cart loaded", "timestamp": sample::AT - 200, "type": "manual", "level": "info",
         "attributes": {"items": 3}},
        {"id": 1_795_296_896, "message": "GET http://inventory/17", "timestamp": sample::AT - 90, "type": "http", "level": "warning",
         "attributes": {"status": 503, "tries": "[1,2]"}},
        {"id": 1_795_296_897, "message": "select", "timestamp": sample::AT - 10, "type": "system", "level": "info"},
    ]);
    assert_eq!(breadcrumbs, crumbs);
}

#[tokio::test]
async fn a_report_with_nothing_optional_is_one_all_the_same() {
    let (document, breadcrumbs) = sent(sample::bare()).await;
    assert_eq!(breadcrumbs, Value::Null);
    assert_eq!(
        document["threads"]["main"]["stack"],
        json!([{"funcName": "<no stack captured>"}])
    );
    assert_eq!(document["attributes"]["error.type"], "Crash");
}

#[tokio::test]
async fn without_a_backtrace_the_stack_is_the_source_locations_of_the_errors() {
    let (document, _) = sent(sample::with(|report| report["frames"] = json!([]))).await;
    assert_eq!(
        document["threads"]["main"]["stack"],
        json!([
            {"funcName": "<unknown>", "library": "src/net.rs", "line": 7, "column": 1},
            {"funcName": "orders::StoreError", "library": "src/store.rs", "line": 88, "column": 13},
        ])
    );
}

#[tokio::test]
async fn source_is_as_wide_as_it_is_set_and_has_no_gaps() {
    let report = sample::with(|report| {
        report["frames"][0]["source"]
            .as_array_mut()
            .unwrap()
            .remove(10);
    });
    let set = |reporter: BacktraceIo| reporter.context_lines(3).tab_width(8);
    let (document, _) = sent_by(set, report).await;
    let source = &document["sourceCode"]["src0"];
    let text: String = (85..=89).map(|number| format!("line {number}\n")).collect();
    assert_eq!(source["text"], text);
    assert_eq!(
        (&source["startLine"], &source["tabWidth"]),
        (&json!(85), &json!(8))
    );
    let (document, _) = sent_by(|reporter| reporter.context_lines(0), sample::report()).await;
    assert_eq!(document["sourceCode"]["src0"]["text"], "line 88\n");
}

#[tokio::test]
async fn the_applications_attributes_and_annotations_are_kept_beside_ours() {
    let report = sample::with(|report| {
        report["attributes"]["environment"] = "mine".into();
        report["attributes"]["list"] = json!([1]);
        report["metadata"]["annotations"]["user"] = "mine".into();
        report["metadata"]["error"] = json!({"code": "E7"});
    });
    let (document, _) = sent(report).await;
    assert_eq!(document["attributes"]["environment"], "mine");
    assert_eq!(document["attributes"]["list"], "[1]");
    let annotations = &document["annotations"];
    assert_eq!(annotations["user"]["id"], "19");
    assert_eq!(annotations["annotations.user"], "mine");
    assert_eq!(annotations["error"]["code"], "E7");
    assert_eq!(annotations["error"]["type"], "orders::StoreError");
}

#[tokio::test]
async fn a_frame_without_a_line_names_the_debug_file_of_its_library() {
    let (document, _) = sent(sample::with(|report| {
        report["frames"] = json!([
            {"address": 0x5500_0000_1234_u64, "in_app": false},
            {"address": 0x7f00_0000_1234_u64, "in_app": false},
        ]);
        report["debug_images"] = json!([{
            "file": "/srv/orders", "build_id": "a1b2",
            "debug_id": "d4c3b2a1-f6e5-1807-293a-4b5c6d7e8f90", "address": 0x5500_0000_0000_u64, "size": 4096 * 16,
        }]);
    }))
    .await;
    assert_eq!(
        document["threads"]["main"]["stack"],
        json!([
            {"address": "0x550000001234", "library": "/srv/orders", "debug_identifier": "D4C3B2A1F6E51807293A4B5C6D7E8F900"},
            {"address": "0x7f0000001234"},
        ])
    );
}
