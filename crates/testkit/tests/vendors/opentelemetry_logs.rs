//! OpenTelemetry: one log record a report, as the SDK gets it and as a collector gets it over OTLP.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what must not fail in a test fails it"
)]

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use backstop::reporters::{Delivery, OpenTelemetry, Reporter};
use backstop::Backstop;
use backstop::stats::Outcome;
use backstop::Report;
use backstop::Scope;
use backstop::prelude::*;
use http::StatusCode;
use opentelemetry::InstrumentationScope;
use opentelemetry::logs::{AnyValue, Severity};
use opentelemetry_otlp::{LogExporter, Protocol, WithExportConfig as _};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::logs::{
    InMemoryLogExporter, LogBatch, LogProcessor, SdkLogRecord, SdkLoggerProvider,
};
use prost::Message as _;
use serde_json::{Map, Value, json};

use super::receiver::{Receiver, nobody, sample, secrets};
use crate::support::http::{Http, Reply, Server, request, serve};

const LONG: Duration = Duration::from_secs(60);
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

/// A provider of the SDK that keeps what it gets.
fn in_memory() -> (OpenTelemetry, InMemoryLogExporter) {
    let exporter = InMemoryLogExporter::default();
    let provider = SdkLoggerProvider::builder()
        .with_simple_exporter(exporter.clone())
        .build();
    (OpenTelemetry::new(provider), exporter)
}

/// The one record that is made of a report.
async fn record(report: Report) -> SdkLogRecord {
    let (sink, exporter) = in_memory();
    let answers = sink.deliver(&[Arc::new(report)]).await;
    assert_eq!(answers, [Delivery::Delivered]);
    let mut logs = exporter.get_emitted_logs().unwrap();
    assert_eq!(logs.len(), 1);
    let log = logs.remove(0);
    assert_eq!(log.instrumentation.name(), "backstop");
    assert_eq!(
        log.instrumentation.version(),
        Some(env!("CARGO_PKG_VERSION"))
    );
    log.record
}

fn attributes(record: &SdkLogRecord) -> Map<String, Value> {
    let mut all = Map::new();
    for (key, value) in record.attributes_iter() {
        let earlier = all.insert(key.to_string(), plain(value));
        assert_eq!(earlier, None, "{key} twice");
    }
    all
}

fn plain(value: &AnyValue) -> Value {
    match value {
        AnyValue::Int(value) => json!(value),
        AnyValue::Double(value) => json!(value),
        AnyValue::String(value) => json!(value.as_str()),
        AnyValue::Boolean(value) => json!(value),
        AnyValue::ListAny(items) => items.iter().map(plain).collect(),
        AnyValue::Map(members) => {
            let members = members.iter();
            members
                .map(|(key, value)| (key.to_string(), plain(value)))
                .collect()
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_report_is_one_record_with_all_that_it_tells() {
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
        "error.id": sample::ID,
        "log.record.uid": sample::ID,
        "error.type": "orders::StoreError",
        "error.mechanism": "handler",
        "error.handled": false,
        "error.fingerprint": "orders::StoreError src/store.rs:88:13",
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
async fn a_report_of_almost_nothing_is_a_record_all_the_same() {
    let record = record(sample::bare()).await;
    assert_eq!(record.event_name(), Some("exception"), "no request");
    assert_eq!(record.trace_context(), None);
    assert_eq!(plain(record.body().unwrap()), "panic");
    let attributes = attributes(&record);
    assert_eq!(attributes["exception.type"], "panic");
    assert_eq!(attributes["error.type"], "_OTHER");
    assert_eq!(attributes["error.id"], sample::ID);
    let told = attributes.keys().filter(|key| key.starts_with("backstop."));
    assert_eq!(told.count(), 0, "{attributes:?}");
}

#[tokio::test]
async fn each_severity_has_its_number_and_a_request_its_oddities() {
    for (severity, number, text) in [
        ("info", Severity::Info, "INFO"),
        ("warning", Severity::Warn, "WARN"),
        ("fatal", Severity::OnPanic, "FATAL"),
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
async fn an_attribute_of_a_taken_name_takes_nobodys_place() {
    let report = sample::with(|report| {
        report["attributes"] =
            json!({"error.id": "mine", "backstop.app": 1, "tenant": "acme", "user.id": "other"});
    });
    let attributes = attributes(&record(report).await);
    assert_eq!(attributes["error.id"], sample::ID);
    assert_eq!(attributes["backstop.attributes.error.id"], "mine");
    assert_eq!(attributes["backstop.app"]["name"], "orders-api");
    assert_eq!(attributes["backstop.attributes.backstop.app"], 1);
    assert_eq!(attributes["user.id"], "19");
    assert_eq!(attributes["backstop.attributes.user.id"], "other");
    assert_eq!(attributes["tenant"], "acme");
}

/// A provider that does with every record what is told.
fn provider(processor: impl LogProcessor + 'static) -> SdkLoggerProvider {
    let builder = SdkLoggerProvider::builder();
    builder.with_log_processor(processor).build()
}

#[derive(Debug)]
struct Choosy;

impl LogProcessor for Choosy {
    fn emit(&self, record: &mut SdkLogRecord, _: &InstrumentationScope) {
        let is_poison = record
            .body()
            .is_some_and(|body| plain(body) == json!("poison"));
        assert!(!is_poison, "this processor panics");
    }

    fn event_enabled(&self, level: Severity, target: &str, name: Option<&str>) -> bool {
        assert_eq!((target, name.is_some()), ("backstop", true));
        level >= Severity::Error
    }

    fn force_flush(&self) -> OTelSdkResult {
        Ok(())
    }

    fn shutdown_with_timeout(&self, _: Duration) -> OTelSdkResult {
        Ok(())
    }
}

#[tokio::test]
async fn what_the_provider_does_not_want_is_filtered_and_a_panic_in_it_is_one_reports_alone() {
    let quiet = backstop::testing::quiet_panics();
    let sink = OpenTelemetry::new(provider(Choosy));
    let batch = [
        sample::report(),
        sample::with(|report| report["severity"] = "info".into()),
        sample::with(|report| report["errors"] = json!([{"message": "poison"}])),
        sample::report(),
    ];
    let answers = sink.deliver(&batch.map(Arc::new)).await;
    drop(quiet);
    let want = [
        Delivery::Delivered,
        Delivery::Filtered,
        Delivery::RETRY,
        Delivery::Delivered,
    ];
    assert_eq!(answers, want);
    let nobody = OpenTelemetry::new(opentelemetry::logs::NoopLoggerProvider::new());
    let answers = nobody.deliver(&[Arc::new(sample::report())]).await;
    assert_eq!(answers, [Delivery::Filtered], "and it is counted as that");
    assert_eq!(format!("{sink:?}"), "OpenTelemetry { .. }");
}

/// An app whose handler fails with a sample, and the provider that takes its reports.
struct App {
    server: Server,
    backstop: Backstop,
    provider: SdkLoggerProvider,
}

impl App {
    async fn start(provider: SdkLoggerProvider) -> Self {
        let backstop = Backstop::production()
            .log(false)
            .app("shop", "1.2.3")
            .capture_backtraces(true)
            .reporter(OpenTelemetry::new(provider.clone()))
            .build()
            .unwrap();
        let app = Router::new()
            .route("/orders/{id}", get(fail))
            .layer(backstop.layer());
        Self {
            server: serve(app).await,
            backstop,
            provider,
        }
    }

    async fn ask(&self) -> Reply {
        let mut request = request("GET", "/orders/7?token=s3cr3t&x=1");
        let traceparent = format!("00-{TRACE}-{SPAN}-01");
        let headers = request.headers_mut();
        headers.insert("traceparent", traceparent.parse().unwrap());
        let reply = self.server.send(Http::One, request).await;
        reply.assert_hidden(502, "Bad Gateway");
        reply
    }

    /// Until all that was asked for is with the collector.
    async fn flush(&self) {
        assert!(self.backstop.flush(LONG).await.is_empty());
        let provider = self.provider.clone();
        let flushed = tokio::task::spawn_blocking(move || provider.force_flush());
        flushed.await.unwrap().unwrap();
    }
}

async fn fail(scope: Scope) -> backstop::Result<()> {
    scope.breadcrumb("asked the warehouse");
    scope.attribute("tenant", "acme");
    scope.annotation("cart", json!({"items": [{"sku": "a", "price": 1.5}]}));
    std::fs::read("/no/such/file")
        .or_status(StatusCode::BAD_GATEWAY)
        .context("counting the stock")?;
    Ok(())
}

/// As applications have it: the SDK's own batches, over OTLP.
fn otlp(url: &str) -> SdkLoggerProvider {
    let exporter = LogExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{url}/v1/logs"))
        .with_timeout(Duration::from_secs(10))
        .build()
        .unwrap();
    let service = Resource::builder().with_service_name("shop").build();
    let builder = SdkLoggerProvider::builder().with_resource(service);
    builder.with_batch_exporter(exporter).build()
}

/// A blocking client makes a runtime of its own, which an asynchronous test must not do.
async fn app_over_otlp(url: String) -> App {
    let provider = tokio::task::spawn_blocking(move || otlp(&url));
    App::start(provider.await.unwrap()).await
}

/// The records of all requests to a receiver, each of which was a valid one, and how many bytes each takes.
fn collected(receiver: &Receiver) -> Vec<LogRecord> {
    let mut records = Vec::new();
    for request in receiver.received() {
        assert_eq!((&*request.method, &*request.target), ("POST", "/v1/logs"));
        assert_eq!(request.header("content-type"), "application/x-protobuf");
        let export = ExportLogsServiceRequest::decode(&*request.body).unwrap();
        for resource in export.resource_logs {
            let attributes = resource.resource.unwrap().attributes;
            assert_eq!(members(attributes)["service.name"], "shop");
            for scope in resource.scope_logs {
                assert_eq!(scope.scope.unwrap().name, "backstop");
                assert!(
                    scope
                        .schema_url
                        .starts_with("https://opentelemetry.io/schemas/")
                );
                records.extend(scope.log_records);
            }
        }
    }
    records
}

fn members(members: Vec<KeyValue>) -> Map<String, Value> {
    let member = |member: KeyValue| (member.key, decoded(member.value.unwrap().value.unwrap()));
    members.into_iter().map(member).collect()
}

fn decoded(value: any_value::Value) -> Value {
    match value {
        any_value::Value::StringValue(value) => value.into(),
        any_value::Value::BoolValue(value) => value.into(),
        any_value::Value::IntValue(value) => value.into(),
        any_value::Value::DoubleValue(value) => value.into(),
        any_value::Value::ArrayValue(items) => {
            let items = items.values.into_iter();
            items.map(|item| decoded(item.value.unwrap())).collect()
        }
        any_value::Value::KvlistValue(list) => members(list.values).into(),
        other => panic!("{other:?}"),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_request_that_fails_is_a_record_at_the_collector_under_its_id_and_in_its_trace() {
    let receiver = Receiver::taking().await;
    let app = app_over_otlp(receiver.url()).await;
    let reply = app.ask().await;
    let id = reply.header("x-error-id").unwrap();
    app.flush().await;
    let mut records = collected(&receiver);
    assert_eq!(records.len(), 1);
    let record = records.remove(0);
    assert_eq!(record.event_name, "http.server.request.exception");
    assert_eq!(
        (record.severity_number, &*record.severity_text),
        (17, "ERROR")
    );
    assert_eq!(
        (hex(&record.trace_id), hex(&record.span_id)),
        (TRACE.into(), SPAN.into())
    );
    assert!(record.time_unix_nano > 0 && record.time_unix_nano <= record.observed_time_unix_nano);
    let attributes = members(record.attributes);
    assert_eq!(attributes["error.id"], id);
    assert_eq!(attributes["http.response.status_code"], 502);
    assert_eq!(attributes["url.path"], "/orders/7");
    assert_eq!(attributes["tenant"], "acme");
    assert_eq!(
        attributes["backstop.breadcrumbs"][0]["message"],
        "asked the warehouse"
    );
    let cart = &attributes["backstop.metadata"]["annotations"]["cart"];
    assert_eq!(*cart, json!({"items": [{"sku": "a", "price": 1.5}]}));
    let stacktrace = attributes["exception.stacktrace"].as_str().unwrap();
    assert!(
        stacktrace.contains("caused by: ") && stacktrace.contains(concat!("at ", file!(), ":"))
    );
    if cfg!(all(feature = "frames", target_os = "linux")) {
        let (_, backtrace) = stacktrace.split_once("stack backtrace:\n   0: ").unwrap();
        assert!(backtrace.contains(concat!(file!(), ":")), "{backtrace}");
    }
    assert!(!receiver.one().text().contains("s3cr3t"));
}

/// Has the provider send before it answers, so that a flush waits for that too.
struct Flushed(OpenTelemetry, SdkLoggerProvider);

impl Reporter for Flushed {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let answers = self.0.deliver(batch).await;
        self.1.force_flush().unwrap();
        answers
    }
}

#[tokio::test]
async fn no_planted_secret_leaves() {
    secrets::check(|url| {
        let url = url.to_owned();
        let provider = std::thread::spawn(move || otlp(&url)).join().unwrap();
        Flushed(OpenTelemetry::new(provider.clone()), provider)
    })
    .await;
}

#[tokio::test]
async fn the_largest_report_is_a_record_of_64_kilobytes_and_the_deepest_can_be_decoded() {
    let mut deep = json!("the bottom");
    for _ in 0..30 {
        deep = json!({"in": [deep]});
    }
    let deep = sample::with(|report| report["metadata"]["annotations"]["deep"] = deep);
    let large = sample::with(|report| {
        report["errors"][0]["message"] = "é".repeat(100_000).into();
        report["metadata"]["tenant"]["words"] = vec!["word"; 50_000].into();
        report["breadcrumbs"] = vec![report["breadcrumbs"][1].clone(); 100].into();
        report["frames"] = vec![report["frames"][0].clone(); 128].into();
        let names = (0..128).map(|number| (number.to_string(), json!("x".repeat(4_000))));
        report["attributes"] = names.collect::<Map<_, _>>().into();
    });
    let receiver = Receiver::taking().await;
    let app = app_over_otlp(receiver.url()).await;
    let sink = OpenTelemetry::new(app.provider.clone());
    let answers = sink.deliver(&[deep, large].map(Arc::new)).await;
    assert_eq!(answers, [Delivery::Delivered; 2]);
    app.flush().await;
    let records = collected(&receiver);
    assert!(
        records[1].encoded_len() <= 64_000,
        "{}",
        records[1].encoded_len()
    );
    let of = |record: &LogRecord| members(record.attributes.clone());
    let deep = of(&records[0])["backstop.metadata"].to_string();
    assert!(deep.contains("the bottom"), "{deep}");
    let large = of(&records[1]);
    assert_eq!(large["error.id"], sample::ID);
    assert!(!large["backstop.trimmed"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_collector_that_is_down_or_silent_changes_no_answer_and_delays_none() {
    let silent = Receiver::start(vec![super::receiver::Reply::Silence]).await;
    for url in [nobody().await, silent.url()] {
        let app = app_over_otlp(url).await;
        let start = Instant::now();
        for _ in 0..50 {
            app.ask().await;
        }
        // The exporter waits for ten seconds.
        assert!(
            start.elapsed() < Duration::from_secs(5),
            "{:?}",
            start.elapsed()
        );
        assert!(app.backstop.flush(LONG).await.is_empty());
        let stats = app.backstop.stats();
        assert_eq!(
            stats.reporters[0].count(Outcome::Delivered),
            50,
            "the provider has them"
        );
        // It ends when the process does; waiting for its shutdown would take as long as it does.
        std::mem::forget(app.provider);
    }
}

/// Exports when the gate opens.
#[derive(Clone, Debug, Default)]
struct Gate(Arc<(Mutex<(bool, usize)>, Condvar)>);

impl opentelemetry_sdk::logs::LogExporter for Gate {
    async fn export(&self, _: LogBatch<'_>) -> OTelSdkResult {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap();
        state.1 += 1;
        changed.notify_all();
        let (state, waited) = changed
            .wait_timeout_while(state, LONG, |(is_open, _)| !*is_open)
            .unwrap();
        assert!(state.0 && !waited.timed_out());
        Ok(())
    }
}

#[tokio::test]
async fn a_provider_that_blocks_keeps_its_own_reporter_waiting_and_no_request() {
    let gate = Gate::default();
    let provider = SdkLoggerProvider::builder()
        .with_simple_exporter(gate.clone())
        .build();
    let app = App::start(provider).await;
    for _ in 0..5 {
        // Each of them is answered while the exporter holds the first record.
        app.ask().await;
    }
    let (state, changed) = &*gate.0;
    {
        let state = state.lock().unwrap();
        let (mut state, _) = changed
            .wait_timeout_while(state, LONG, |(_, calls)| *calls == 0)
            .unwrap();
        assert_eq!(state.1, 1);
        state.0 = true;
        changed.notify_all();
    }
    assert!(app.backstop.flush(LONG).await.is_empty());
    assert_eq!(state.lock().unwrap().1, 5);
}
