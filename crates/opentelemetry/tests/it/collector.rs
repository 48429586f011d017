//! What arrives at a collector over OTLP.

use std::sync::Arc;
use std::time::{Duration, Instant};

use backstop::Report;
use backstop::reporters::{Delivery, Reporter};
use backstop::stats::Outcome;
use backstop_opentelemetry::OpenTelemetry;
use backstop_testkit::{Receiver, Reply, sample, secrets, unused_url};
use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use opentelemetry_sdk::logs::SdkLoggerProvider;
use prost::Message as _;
use serde_json::{Map, Value, json};

use crate::app::{FILE, app_over_otlp, otlp};
use crate::{LONG, SPAN, TRACE};

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
    let receiver = Receiver::accepting().await;
    let app = app_over_otlp(receiver.url()).await;
    let response = app.request().await;
    let id = response.headers()["x-error-id"].to_str().unwrap();
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
    assert_eq!(attributes["backstop.id"], id);
    assert_eq!(attributes["http.response.status_code"], 502);
    assert_eq!(attributes["url.path"], "/orders/7");
    assert_eq!(attributes["tenant"], "acme");
    assert_eq!(
        attributes["backstop.breadcrumbs"][0]["message"],
        "called the warehouse"
    );
    let cart = &attributes["backstop.metadata"]["annotations"]["cart"];
    assert_eq!(*cart, json!({"items": [{"sku": "a", "price": 1.5}]}));
    let stacktrace = attributes["exception.stacktrace"].as_str().unwrap();
    assert!(
        stacktrace.contains("caused by: ") && stacktrace.contains(&format!("at {FILE}:")),
        "{stacktrace}"
    );
    if cfg!(target_os = "linux") {
        let (_, backtrace) = stacktrace.split_once("stack backtrace:\n   0: ").unwrap();
        assert!(backtrace.contains(&format!("{FILE}:")), "{backtrace}");
    }
    assert!(!receiver.one().text().contains("s3cr3t"));
}

/// Has the provider send at once, so that a flush waits for that, too.
struct Flushed(OpenTelemetry, SdkLoggerProvider);

impl Reporter for Flushed {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let deliveries = self.0.deliver(batch).await;
        self.1.force_flush().unwrap();
        deliveries
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
    let receiver = Receiver::accepting().await;
    let app = app_over_otlp(receiver.url()).await;
    let reporter = OpenTelemetry::new(app.provider.clone());
    let deliveries = reporter.deliver(&[deep, large].map(Arc::new)).await;
    assert_eq!(deliveries, [Delivery::Delivered; 2]);
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
    assert_eq!(large["backstop.id"], sample::ID);
    assert!(!large["backstop.trimmed"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_collector_that_is_down_or_silent_changes_no_response_and_delays_none() {
    let silent = Receiver::start(vec![Reply::Silence]).await;
    for url in [unused_url().await, silent.url()] {
        let app = app_over_otlp(url).await;
        let start = Instant::now();
        for _ in 0..50 {
            app.request().await;
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
        // Its shutdown would wait for the collector.
        std::mem::forget(app.provider);
    }
}
