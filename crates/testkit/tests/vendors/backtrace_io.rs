//! backtrace.io: reports as its server reads them, and what each answer means.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what must not fail in a test fails it"
)]

use std::sync::Arc;
use std::time::Duration;

use backstop::reporters::{BacktraceIo, Delivery, Reporter as _};
use backstop::{Backstop, Report};
use serde_json::{Value, json};

use super::receiver::matrix::At;
use super::receiver::{Received, Receiver, Reply, matrix, nobody, parse, sample, secrets};
use crate::support::process::passed_alone;

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

fn sink(at: At<'_>) -> BacktraceIo {
    let sink = BacktraceIo::new(at.url, TOKEN).timeout(at.timeout);
    match at.root {
        Some(root) => sink.root_certificate(root),
        None => sink,
    }
}

/// The document of a report and its breadcrumbs, both checked.
async fn sent(report: Report) -> (Value, Value) {
    sent_by(|sink| sink, report).await
}

async fn sent_by(set: impl FnOnce(BacktraceIo) -> BacktraceIo, report: Report) -> (Value, Value) {
    let receiver = Receiver::taking().await;
    let sink = set(sink(At::new(&receiver.url())));
    let answers = sink.deliver(&[Arc::new(report)]).await;
    assert_eq!(answers, [Delivery::Delivered]);
    valid(&receiver.one())
}

/// What the server demands of a request.
fn valid(request: &Received) -> (Value, Value) {
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, format!("/post?format=json&token={TOKEN}"));
    assert!(request.headers.get("expect").is_none());
    let agent = concat!("backstop/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), agent);
    let (document, breadcrumbs) = parts(request);
    assert_document(&document);
    for crumb in breadcrumbs.as_array().into_iter().flatten() {
        assert!(
            crumb["id"].is_u64() && crumb["timestamp"].is_u64() && crumb["message"].is_string()
        );
        let kinds = [
            "manual",
            "log",
            "navigation",
            "http",
            "system",
            "user",
            "configuration",
        ];
        assert!(kinds.contains(&text(&crumb["type"])));
        assert!(["verbose", "debug", "info", "warning", "error"].contains(&text(&crumb["level"])));
        let attributes = crumb.get("attributes").and_then(Value::as_object);
        attributes
            .into_iter()
            .flat_map(|all| all.values())
            .for_each(assert_scalar);
    }
    (document, breadcrumbs)
}

/// Without breadcrumbs the body is the document, else both are parts of a form.
fn parts(request: &Received) -> (Value, Value) {
    let content_type = request.header("content-type");
    if content_type == "application/json" {
        return (parse(&request.body), Value::Null);
    }
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .unwrap();
    let body = String::from_utf8(request.body.clone()).unwrap();
    let inner = body
        .strip_suffix(&format!("\r\n--{boundary}--\r\n"))
        .unwrap();
    let inner = inner.strip_prefix(&format!("--{boundary}\r\n")).unwrap();
    let delimiter = format!("\r\n--{boundary}\r\n");
    let parts: Vec<(&str, &str)> = inner
        .split(&delimiter)
        .map(|part| part.split_once("\r\n\r\n").unwrap())
        .collect();
    let named = |index: usize, name: &str, file: &str| -> Value {
        let (head, content) = parts[index];
        let disposition =
            format!("content-disposition: form-data; name=\"{name}\"; filename=\"{file}\"");
        assert_eq!(
            head,
            format!("{disposition}\r\ncontent-type: application/json")
        );
        serde_json::from_str(content).unwrap()
    };
    assert_eq!(parts.len(), 2);
    (
        named(0, "upload_file", "upload_file.json"),
        named(1, "attachment_bt-breadcrumbs-0", "bt-breadcrumbs-0"),
    )
}

fn assert_document(document: &Value) {
    assert!(uuid::Uuid::parse_str(text(&document["uuid"])).is_ok());
    let seconds = document["timestamp"].as_u64().unwrap();
    assert!((1_700_000_000..4_000_000_000).contains(&seconds), "seconds");
    for key in ["lang", "langVersion", "agent", "agentVersion"] {
        assert!(!text(&document[key]).is_empty(), "{key}");
    }
    let threads = document["threads"].as_object().unwrap();
    assert!(threads.contains_key(text(&document["mainThread"])));
    assert!(threads.values().any(|thread| thread["fault"] == true));
    let sources = document["sourceCode"].as_object().unwrap();
    for frame in threads
        .values()
        .flat_map(|thread| thread["stack"].as_array().unwrap())
    {
        let named = frame.get("funcName").or_else(|| frame.get("address"));
        assert!(named.is_some_and(Value::is_string), "{frame}");
        let numbers = ["line", "column"].map(|key| frame.get(key));
        assert!(numbers.into_iter().flatten().all(Value::is_u64), "{frame}");
        if let Some(id) = frame.get("sourceCode") {
            assert!(sources.contains_key(text(id)), "{id} resolves");
        }
    }
    for source in sources.values() {
        assert!(source["text"].is_string() && source["startLine"].is_u64());
    }
    assert_eq!(text(&document["fingerprint"]).len(), 44);
    assert!(
        document["classifiers"]
            .as_array()
            .unwrap()
            .iter()
            .all(Value::is_string)
    );
    let attributes = document["attributes"].as_object().unwrap();
    attributes.values().for_each(assert_scalar);
    assert!(document["annotations"].is_object());
}

fn assert_scalar(value: &Value) {
    let is_scalar = value.is_string() || value.is_i64() || value.is_u64() || value.is_boolean();
    assert!(is_scalar || value.is_null(), "{value}");
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[tokio::test]
async fn a_report_arrives_with_all_that_it_tells() {
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
            "handled": false, "mechanism": "handler", "severity": "error", "suppressed": 17,
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
async fn a_report_of_almost_nothing_is_one_all_the_same() {
    let (document, breadcrumbs) = sent(sample::bare()).await;
    assert_eq!(breadcrumbs, Value::Null);
    assert_eq!(
        document["threads"]["main"]["stack"],
        json!([{"funcName": "<no stack captured>"}])
    );
    assert_eq!(document["attributes"]["error.type"], "Crash");
}

#[tokio::test]
async fn without_a_backtrace_the_places_of_the_errors_stand_for_it() {
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
    let set = |sink: BacktraceIo| sink.context_lines(3).tab_width(8);
    let (document, _) = sent_by(set, report).await;
    let source = &document["sourceCode"]["src0"];
    let text: String = (85..=89).map(|number| format!("line {number}\n")).collect();
    assert_eq!(source["text"], text);
    assert_eq!(
        (&source["startLine"], &source["tabWidth"]),
        (&json!(85), &json!(8))
    );
    let (document, _) = sent_by(|sink| sink.context_lines(0), sample::report()).await;
    assert_eq!(document["sourceCode"]["src0"]["text"], "line 88\n");
}

#[tokio::test]
async fn the_applications_attributes_and_annotations_stand_beside_ours() {
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
async fn the_uuid_stays_on_retry_and_a_duplicate_counts_as_delivered() {
    let refused = Reply::Answer(400, Vec::new(), "{\"error\": \"Duplicate object\"}");
    let conflict = Reply::status(409);
    let receiver = Receiver::start(vec![Reply::Torn, refused, conflict, Reply::status(400)]).await;
    let sink = sink(At::new(&receiver.url()));
    let report = [Arc::new(sample::report())];
    let mut answers = Vec::new();
    for _ in 0..4 {
        answers.extend(sink.deliver(&report).await);
    }
    use Delivery::{Delivered, Rejected};
    assert_eq!(answers, [Delivery::RETRY, Delivered, Delivered, Rejected]);
    let ids = receiver.received();
    assert!(
        ids.iter()
            .all(|request| valid(request).0["uuid"] == sample::ID)
    );
}

#[tokio::test]
async fn a_batch_is_one_request_each_until_the_receiver_wants_to_be_left_alone() {
    let wait = Reply::Answer(429, vec![("retry-after", "7".to_owned())], "");
    let replies = vec![
        Reply::status(200),
        Reply::status(403),
        Reply::status(500),
        wait,
    ];
    let receiver = Receiver::start(replies).await;
    let batch = [(); 6].map(|()| Arc::new(sample::report()));
    let answers = sink(At::new(&receiver.url())).deliver(&batch).await;
    let after = Some(Duration::from_secs(7));
    use Delivery::{Delivered, Rejected, Retry, Unsent};
    assert_eq!(
        answers,
        [
            Delivered,
            Rejected,
            Delivery::RETRY,
            Retry { after },
            Unsent,
            Unsent
        ]
    );
    assert_eq!(receiver.received().len(), 4);
}

#[tokio::test]
async fn the_log_tells_of_each_change_once_and_shows_no_token() {
    if passed_alone() {
        return;
    }
    tracing::subscriber::set_global_default(Log).unwrap();
    let replies = [403, 403, 500, 200, 200].map(Reply::status).to_vec();
    let receiver = Receiver::start(replies).await;
    let sink = sink(At::new(&receiver.url()));
    for _ in 0..5 {
        sink.deliver(&[Arc::new(sample::report())]).await;
    }
    drop(receiver);
    let nobody = nobody().await;
    let sink = sink.endpoint(nobody);
    sink.deliver(&[Arc::new(sample::report())]).await;
    let text = LOGGED.take();
    let told: Vec<&str> = text
        .lines()
        .filter(|line| line.contains("backstop::reporters"))
        .collect();
    assert_eq!(told.len(), 4, "{text}");
    assert!(told[0].contains("403") && told[1].contains("500"), "{text}");
    assert!(
        told[2].contains("arrive again") && told[3].contains("refused"),
        "{text}"
    );
    assert!(!text.contains(TOKEN), "{text}");
}

thread_local! {
    static LOGGED: std::cell::RefCell<String> = const { std::cell::RefCell::new(String::new()) };
}

/// Keeps the events of each thread apart. It is the one of the whole process: where only one thread has a
/// subscriber, tracing may ask another whether an event is of interest.
struct Log;

impl tracing::Subscriber for Log {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        LOGGED.with_borrow_mut(|text| text.push_str(&format!("{span:?}\n")));
        tracing::span::Id::from_u64(1)
    }
    fn record(&self, _: &tracing::span::Id, _: &tracing::span::Record<'_>) {}
    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}
    fn event(&self, event: &tracing::Event<'_>) {
        LOGGED.with_borrow_mut(|text| text.push_str(&format!("{event:?}\n")));
    }
    fn enter(&self, _: &tracing::span::Id) {}
    fn exit(&self, _: &tracing::span::Id) {}
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
    let host = "https://bt.local:6098";
    let cases = [
        (BacktraceIo::new(host, ""), "no token"),
        (BacktraceIo::new("s3cr3t", TOKEN), "no URL"),
        (
            BacktraceIo::new("https://submit.backtrace.io/shop/s3cr3t", ""),
            "/json",
        ),
        (
            BacktraceIo::new(host, TOKEN).endpoint("ftp://s3cr3t"),
            "https://",
        ),
        (BacktraceIo::new(host, "s3cr3t/?"), "characters"),
        (
            BacktraceIo::new(host, TOKEN).root_certificate("s3cr3t"),
            "no PEM",
        ),
        (
            BacktraceIo::new(host, TOKEN).timeout(Duration::ZERO),
            "timeout of 0",
        ),
    ];
    for (sink, problem) in cases {
        let error = Backstop::production().reporter(sink).build().unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.starts_with("reporter: BacktraceIo: "), "{text}");
        assert!(text.contains(problem) && !text.contains("s3cr3t"), "{text}");
    }
    let sink = BacktraceIo::new("https://submit.backtrace.io/shop/s3cr3t/json", TOKEN);
    let shown = format!("{sink:?}");
    assert!(
        !shown.contains(TOKEN) && !shown.contains("s3cr3t"),
        "{shown}"
    );
}
