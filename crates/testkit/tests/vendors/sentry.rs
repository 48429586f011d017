//! Sentry: envelopes as its Relay wants them, what each answer means, and the client that an application has already.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "what must not fail in a test fails it"
)]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use backstop::reporters::{Delivery, Reporter, Sentry, SentryClient};
use backstop::Backstop;
use backstop::stats::Outcome;
use backstop::Report;
use proptest::prelude::*;
use sentry_core::protocol::{Envelope, EnvelopeItem, Event};
use sentry_core::test::TestTransport;
use sentry_core::{Client, ClientOptions, Transport};
use serde_json::{Value, json};

use super::receiver::matrix::At;
use super::receiver::{Received, Receiver, Reply, matrix, parse, sample, secrets};
use crate::support::process;

const KEY: &str = "a94ae32be2584e0bbd7a4cbb95971fee";
const MAX_BYTES: usize = 1_000_000;

fn dsn(url: &str) -> String {
    url.replacen("://", &format!("://{KEY}@"), 1) + "/7"
}

fn sink(at: At<'_>) -> Sentry {
    let sink = Sentry::new(dsn(at.url)).timeout(at.timeout);
    match at.root {
        Some(root) => sink.root_certificate(root),
        None => sink,
    }
}

/// The event of a report, which was checked.
async fn event(report: Report) -> Value {
    let receiver = Receiver::taking().await;
    let answers = sink(At::new(&receiver.url()))
        .deliver(&[Arc::new(report)])
        .await;
    assert_eq!(answers, [Delivery::Delivered]);
    valid(&receiver.one()).event
}

/// What one request carried.
struct Sent {
    event: Value,
    lost: Option<Value>,
}

/// What a Relay demands of a request.
fn valid(request: &Received) -> Sent {
    assert_eq!(request.method, "POST");
    assert_eq!(request.target, "/api/7/envelope/", "no key in it");
    let agent = concat!("backstop/", env!("CARGO_PKG_VERSION"));
    let auth = format!("Sentry sentry_version=7, sentry_client={agent}, sentry_key={KEY}");
    assert_eq!(request.header("x-sentry-auth"), auth);
    assert_eq!(
        request.header("content-type"),
        "application/x-sentry-envelope"
    );
    assert_eq!(request.header("content-encoding"), "gzip");
    assert_eq!(request.header("user-agent"), agent);
    let compressed: usize = request.header("content-length").parse().unwrap();
    assert!(compressed <= 200_000, "{compressed}");
    Envelope::from_slice(&request.body).unwrap();
    let (header, items) = framed(&request.body);
    assert!(!request.text().contains("\"dsn\""), "no key in the body");
    assert_eq!(header["sdk"]["name"], "backstop");
    assert_rfc3339(text(&header["sent_at"]));
    let kinds: Vec<&str> = items.iter().map(|(kind, _)| kind.as_str()).collect();
    assert!(
        matches!(kinds[..], ["event"] | ["event", "client_report"]),
        "{kinds:?}"
    );
    let mut items = items.into_iter().map(|(_, item)| item);
    let event = items.next().unwrap();
    let id = text(&header["event_id"]).replace('-', "");
    assert_eq!(event["event_id"], id, "32 digits, no dashes");
    assert_event(&event);
    Sent {
        event,
        lost: items.next().inspect(assert_client_report),
    }
}

/// Taken apart by hand: one line, then for each item a line, as many bytes as it says, and a line's end.
fn framed(body: &[u8]) -> (Value, Vec<(String, Value)>) {
    let (header, mut rest) = line(body);
    let mut items = Vec::new();
    while !rest.is_empty() {
        let (head, after) = line(rest);
        let length = usize::try_from(head["length"].as_u64().unwrap()).unwrap();
        let (payload, after) = after.split_at(length);
        assert!(payload.len() <= MAX_BYTES, "{length}");
        items.push((text(&head["type"]).to_owned(), parse(payload)));
        rest = after.strip_prefix(b"\n").unwrap();
    }
    (header, items)
}

fn line(bytes: &[u8]) -> (Value, &[u8]) {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
    (parse(&bytes[..end]), &bytes[end + 1..])
}

fn assert_event(event: &Value) {
    assert!(event["timestamp"].is_number(), "seconds");
    assert_eq!(event["platform"], "native");
    let levels = ["debug", "info", "warning", "error", "fatal"];
    let level = |value: &Value| {
        value
            .get("level")
            .is_none_or(|level| levels.contains(&text(level)))
    };
    assert!(level(event));
    let short = |name: &str, max: usize| {
        let is_short = |value: &Value| (1..=max).contains(&text(value).chars().count());
        assert!(event.get(name).is_none_or(is_short), "{name}");
    };
    short("transaction", 200);
    short("release", 200);
    short("environment", 64);
    let exceptions = event["exception"]["values"].as_array().unwrap();
    assert!(!exceptions.is_empty());
    for exception in exceptions {
        assert!(!text(&exception["type"]).is_empty() || !text(&exception["value"]).is_empty());
        let frames = exception
            .get("stacktrace")
            .map(|trace| trace["frames"].as_array().unwrap());
        assert!(
            frames.is_none_or(|frames| !frames.is_empty()),
            "none, or not empty"
        );
        for frame in frames.into_iter().flatten() {
            let known = ["filename", "function", "instruction_addr"];
            assert!(known.iter().any(|key| frame.get(*key).is_some()), "{frame}");
            assert!(frame["in_app"].is_boolean());
        }
    }
    let last = exceptions.last().unwrap();
    assert!(last["mechanism"]["type"].is_string() && last["mechanism"]["handled"].is_boolean());
    if let Some(request) = event.get("request") {
        let url = text(&request["url"]);
        assert!(url.starts_with("http") && !url.contains('?'), "{url}");
    }
    for tag in event
        .get("tags")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
    {
        let plain = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
        assert!(tag.0.len() <= 200 && tag.0.chars().all(plain), "{tag:?}");
        assert!((1..=200).contains(&text(tag.1).chars().count()), "{tag:?}");
        assert!(!tag.1.to_string().contains("\\n"), "{tag:?}");
    }
    let crumbs = event
        .get("breadcrumbs")
        .and_then(|crumbs| crumbs["values"].as_array());
    let crumbs = crumbs.into_iter().flatten();
    for crumb in crumbs {
        assert!(crumb["timestamp"].is_number() && level(crumb), "{crumb}");
    }
    for (name, context) in event["contexts"].as_object().unwrap() {
        assert!(context.is_object(), "{name}");
        assert!(
            context.to_string().len() <= 8_192 || name == "flags",
            "{name} would be cut"
        );
    }
    assert_eq!(event["sdk"]["name"], "backstop");
}

fn assert_client_report(report: &Value) {
    assert!(report["timestamp"].is_number());
    let discarded = report["discarded_events"].as_array().unwrap();
    assert!(!discarded.is_empty());
    for one in discarded {
        assert_eq!(one["category"], "error");
        assert!(one["quantity"].as_u64().unwrap() > 0);
    }
}

/// `YYYY-MM-DDTHH:MM:SS.…Z`.
fn assert_rfc3339(time: &str) {
    assert!(time.len() > 20 && time.ends_with('Z'), "{time}");
    assert_eq!((&time[4..5], &time[10..11], &time[19..20]), ("-", "T", "."));
}

#[track_caller]
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

#[tokio::test]
async fn a_report_arrives_with_all_that_it_tells() {
    let event = event(sample::report()).await;
    let version = env!("CARGO_PKG_VERSION");
    let lines = |numbers: std::ops::RangeInclusive<u32>| -> Vec<String> {
        numbers.map(|number| format!("line {number}")).collect()
    };
    let want = json!({
        "event_id": sample::ID.replace('-', ""), "timestamp": 1_795_296_894.480, "platform": "native",
        "fingerprint": ["orders::StoreError src/store.rs:88:13"],
        "transaction": "GET /orders/{id}", "server_name": "web-3", "release": "orders-api@3.4.1", "environment": "production",
        "user": {"id": "19", "username": "Bob", "email": "bob@example.com"},
        "request": {"method": "GET", "url": "http://web-3/orders/17", "query_string": "x=1",
                    "headers": {"accept": "application/json", "user-agent": "curl/8.5.0", "referer": "https://shop.example.com/"}},
        "tags": {"plan": "gold", "items": "3", "ratio": "0.5", "new": "true"},
        "exception": {"values": [
            {"type": "Error", "value": "no route — to host", "stacktrace": {"frames": [
                {"filename": "src/net.rs", "lineno": 7, "colno": 1, "in_app": true}]}},
            {"type": "std::io::Error", "value": "connection refused"},
            {"type": "orders::StoreError", "value": "store unavailable", "thread_id": 7,
             "mechanism": {"type": "handler", "handled": false},
             "stacktrace": {"frames": [
                {"instruction_addr": "0x55d0c2a91e40", "in_app": false},
                {"function": "orders::api::show", "filename": "src/api.rs", "lineno": 1, "in_app": true,
                 "context_line": "fn show() {", "post_context": ["\tload();"]},
                {"function": "orders::store::load", "filename": "src/store.rs", "lineno": 88, "colno": 13, "in_app": true,
                 "pre_context": lines(83..=87), "context_line": "line 88", "post_context": lines(89..=93)}]}},
        ]},
        "threads": {"values": [{"id": 7, "name": "tokio-runtime-worker", "current": true}]},
        "breadcrumbs": {"values": [
            {"timestamp": 1_795_296_894.280, "category": "manual", "message": "cart loaded", "data": {"items": 3}},
            {"timestamp": 1_795_296_894.390, "type": "http", "category": "request", "level": "warning",
             "message": "GET http://inventory/17", "data": {"status": 503, "tries": [1, 2]}},
            {"timestamp": 1_795_296_894.470, "type": "query", "category": "query", "message": "select"},
            {"timestamp": 1_795_296_894.475, "category": "log", "level": "warning", "message": "store is slow"},
        ]},
        "contexts": {
            "annotations": {"cart": {"total": [12, null]}},
            "app": {"type": "app", "app_name": "orders-api", "app_version": "3.4.1"},
            "backstop": {"id": sample::ID, "mechanism": "handler", "route": "/orders/{id}", "suppressed": 17},
            "device": {"type": "device", "name": "web-3", "arch": "x86_64"},
            "flags": {"values": [{"flag": "new-checkout", "result": "blue"}, {"flag": "dark-mode", "result": true}]},
            "os": {"type": "os", "name": "linux"},
            "response": {"type": "response", "status_code": 500},
            "runtime": {"type": "runtime", "name": "Rust"},
            "tenant": {"plan": "gold"},
            "trace": {"type": "trace", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7"},
        },
        "sdk": {"name": "backstop", "version": version, "packages": [{"name": "cargo:backstop", "version": version}]},
    });
    assert_eq!(event, want);
}

#[tokio::test]
async fn a_report_of_almost_nothing_is_an_event_all_the_same() {
    let event = event(sample::bare()).await;
    let exception = &event["exception"]["values"][0];
    assert_eq!(exception["type"], "panic");
    assert_eq!(exception["mechanism"]["synthetic"], true);
    assert!(event.get("request").is_none() && event.get("user").is_none());
}

#[tokio::test]
async fn level_handled_and_mechanism_are_the_reports() {
    let cases = [
        ("panic", false, "fatal"),
        ("notify", true, "info"),
        ("body", false, "warning"),
    ];
    for (mechanism, handled, severity) in cases {
        let event = event(sample::with(|report| {
            report["mechanism"] = mechanism.into();
            report["handled"] = handled.into();
            report["severity"] = severity.into();
        }))
        .await;
        let last = event["exception"]["values"][2]["mechanism"].clone();
        assert_eq!(last, json!({"type": mechanism, "handled": handled}));
        assert_eq!(event["level"], severity);
        let crashed = event["threads"]["values"][0].get("crashed").is_some();
        assert_eq!(crashed, mechanism == "panic");
    }
}

#[tokio::test]
async fn what_sentry_would_drop_or_misread_stands_where_it_is_kept() {
    let event = event(sample::with(|report| {
        report["attributes"] = json!({"release": "7", "a b": "x\ny", "text": "t".repeat(300)});
        report["app"] = json!({"name": "a/b", "version": "1\\2", "release_stage": "blue/green"});
        report["metadata"] = json!({
            "trace": {"of": "ours"}, "cart": {"type": "gift"}, "large": {"text": "x".repeat(9_000)}, "backstop": {"route": "mine"},
        });
        report["span_id"] = "not hex".into();
        report["logs"][0]["timestamp"] = (sample::AT - 100).into();
    }))
    .await;
    assert_eq!(
        event["breadcrumbs"]["values"][1]["category"], "log",
        "by their times"
    );
    assert_eq!(
        event["tags"],
        json!({"a_b": "x y", "text": format!("{}…", "t".repeat(199))})
    );
    let contexts = &event["contexts"];
    assert_eq!(contexts["attributes"]["release"], "7");
    assert_eq!(contexts["attributes"]["text"], "t".repeat(300));
    assert_eq!(contexts["backstop"]["route"], "mine");
    assert_eq!(
        contexts["trace"]["span_id"],
        &sample::ID.replace('-', "")[16..]
    );
    assert_eq!(event["extra"]["trace"]["of"], "ours");
    assert_eq!(event["extra"]["cart"]["type"], "gift");
    assert_eq!(event["extra"]["large"]["text"], "x".repeat(9_000));
    assert_eq!(event["release"], "a-b@1-2");
    assert_eq!(event["environment"], "blue-green");
}

#[tokio::test]
async fn an_event_of_a_megabyte_to_the_byte_is_whole_and_one_byte_more_is_trimmed_with_a_note() {
    let of = |padding: usize| {
        sample::with(|report| {
            report["metadata"]["annotations"]["text"] = "x".repeat(padding).into()
        })
    };
    let length = |request: &Received| {
        let (_, rest) = line(&request.body);
        usize::try_from(line(rest).0["length"].as_u64().unwrap()).unwrap()
    };
    let receiver = Receiver::taking().await;
    let sink = sink(At::new(&receiver.url()));
    // Large enough to stand beside the contexts already.
    sink.deliver(&[Arc::new(of(10_000))]).await;
    let room = 10_000 + MAX_BYTES - length(&receiver.one());
    sink.deliver(&[of(room), of(room + 1)].map(Arc::new)).await;
    let received = receiver.received();
    assert_eq!(length(&received[1]), MAX_BYTES);
    let whole = valid(&received[1]).event;
    assert!(whole["contexts"]["backstop"].get("trimmed").is_none());
    let trimmed = valid(&received[2]).event;
    assert_eq!(
        trimmed["contexts"]["backstop"]["trimmed"],
        json!(["texts, after 4096 bytes each"])
    );
    let huge = event(sample::with(|report| {
        report["errors"][0]["message"] = "\u{1}é".repeat(2_000_000).into();
        report["frames"] = vec![report["frames"][0].clone(); 5_000].into();
    }));
    assert_eq!(
        huge.await["exception"]["values"].as_array().unwrap().len(),
        3
    );
}

/// What no compression makes smaller.
#[tokio::test]
async fn an_event_that_stays_too_large_when_compressed_is_trimmed_as_well() {
    let mut seed = 7_u64;
    let mut noise = |len: usize| -> String {
        let mut next = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'0' + u8::try_from((seed >> 33) % 75).unwrap())
        };
        (0..len).map(|_| next()).collect()
    };
    let lists: Vec<String> = (0..200).map(|_| noise(4_000)).collect();
    let noisy = sample::with(|report| report["metadata"]["noise"] = json!({"lists": lists}));
    let event = event(noisy).await;
    assert!(event["contexts"]["backstop"].get("trimmed").is_some());
}

#[tokio::test]
async fn the_id_is_the_same_on_every_attempt() {
    let receiver = Receiver::start(vec![Reply::status(503), Reply::status(200)]).await;
    let sink = sink(At::new(&receiver.url()));
    let report = [Arc::new(sample::report())];
    assert_eq!(sink.deliver(&report).await, [Delivery::RETRY]);
    assert_eq!(sink.deliver(&report).await, [Delivery::Delivered]);
    for request in receiver.received() {
        assert_eq!(
            valid(&request).event["event_id"],
            sample::ID.replace('-', "")
        );
    }
}

#[tokio::test]
async fn while_errors_are_limited_nothing_is_sent_and_other_limits_are_not_ours() {
    let limits =
        |text: &str| Reply::Answer(200, vec![("x-sentry-rate-limits", text.to_owned())], "{}");
    let other = limits("60:transaction;span:organization, 60:profile:key");
    let ours = limits("2.5:span:key, 2700:default;error;security:organization:quota");
    let receiver = Receiver::start(vec![other, ours]).await;
    let sink = sink(At::new(&receiver.url()));
    let batch = [(); 4].map(|()| Arc::new(sample::report()));
    let answers = sink.deliver(&batch).await;
    assert_eq!(answers[..2], [Delivery::Delivered; 2]);
    for answer in [answers[2], sink.deliver(&batch).await[0]] {
        let Delivery::Retry { after: Some(after) } = answer else {
            panic!("{answer:?}");
        };
        assert!((2_600..=2_700).contains(&after.as_secs()), "{after:?}");
    }
    assert_eq!(answers[3], Delivery::Unsent);
    assert_eq!(receiver.received().len(), 2);
}

#[tokio::test]
async fn what_was_dropped_is_told_once_with_the_next_event_that_arrives() {
    let replies = [503, 400, 200, 200, 429].map(Reply::status).to_vec();
    let receiver = Receiver::start(replies).await;
    let sink = sink(At::new(&receiver.url()));
    let send = || async { sink.deliver(&[Arc::new(sample::report())]).await[0] };
    sink.dropped(Outcome::QueueFull, 3);
    sink.dropped(Outcome::SampledOut, 40);
    assert_eq!(send().await, Delivery::RETRY);
    sink.dropped(Outcome::QueueFull, 1);
    assert_eq!(send().await, Delivery::Rejected);
    assert_eq!(send().await, Delivery::Delivered);
    assert_eq!(send().await, Delivery::Delivered);
    for (outcome, count) in [
        (Outcome::Filtered, 2),
        (Outcome::GaveUp, 5),
        (Outcome::Rejected, 6),
    ] {
        sink.dropped(outcome, count);
    }
    // The event is dropped, the client report is taken.
    assert!(matches!(send().await, Delivery::Retry { after: Some(_) }));
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(61)).await;
    tokio::time::resume();
    assert!(matches!(send().await, Delivery::Retry { after: Some(_) }));
    let told: Vec<Option<Value>> = receiver.received().iter().map(lost).collect();
    let first = json!({"queue_overflow": 3, "sample_rate": 40});
    let all = json!({"queue_overflow": 4, "sample_rate": 40});
    let last = json!({"before_send": 2, "network_error": 5, "send_error": 6});
    assert_eq!(
        told,
        [
            Some(first),
            // Refused with the event: whatever it was that spoiled it, no later one is to be spoiled.
            Some(all),
            None,
            None,
            Some(last),
            None
        ]
    );
}

fn lost(request: &Received) -> Option<Value> {
    valid(request).lost.map(|report| by_reason(&report))
}

/// The counts of a client report by their reasons.
fn by_reason(report: &Value) -> Value {
    let discarded = report["discarded_events"].as_array().unwrap().iter();
    discarded
        .map(|one| (text(&one["reason"]).to_owned(), one["quantity"].clone()))
        .collect()
}

/// The whole way: what the gates drop reaches Sentry's statistics.
#[tokio::test]
async fn drops_of_the_pipeline_are_told_with_the_next_report() {
    let receiver = Receiver::taking().await;
    let backstop = Backstop::production()
        .log(false)
        .sample_by(|failure| {
            f64::from(u8::from(
                failure.chain().iter().any(|link| link.message() == "kept"),
            ))
        })
        .reporter(sink(At::new(&receiver.url())))
        .build()
        .unwrap();
    for message in ["lost", "lost", "kept", "kept"] {
        backstop.notify(&std::io::Error::other(message));
        let long = Duration::from_secs(30);
        assert!(backstop.flush(long).await.is_empty());
    }
    let told: Vec<Option<Value>> = receiver.received().iter().map(lost).collect();
    assert_eq!(told, [Some(json!({"sample_rate": 2})), None]);
}

#[tokio::test]
async fn release_and_environment_can_be_sentrys_own() {
    let receiver = Receiver::taking().await;
    let sink = sink(At::new(&receiver.url()))
        .release("9f2c1a7")
        .environment("canary");
    sink.deliver(&[Arc::new(sample::report())]).await;
    let event = valid(&receiver.one()).event;
    assert_eq!(
        (text(&event["release"]), text(&event["environment"])),
        ("9f2c1a7", "canary")
    );
}

#[tokio::test]
async fn a_relay_in_between_and_path_prefixes_are_kept() {
    let receiver = Receiver::taking().await;
    let prefixed = format!("{}/sentry/7", dsn(&receiver.url()).trim_end_matches("/7"));
    let relayed = Sentry::new(format!("https://{KEY}@o1.ingest.sentry.io/7"))
        .endpoint(format!("{}/relay/", receiver.url()));
    for sink in [Sentry::new(prefixed), relayed] {
        assert_eq!(
            sink.deliver(&[Arc::new(sample::bare())]).await,
            [Delivery::Delivered]
        );
    }
    let targets = receiver.received();
    let targets: Vec<&str> = targets.iter().map(|one| one.target.as_str()).collect();
    assert_eq!(
        targets,
        ["/sentry/api/7/envelope/", "/relay/api/7/envelope/"]
    );
}

#[tokio::test]
async fn every_answer_means_what_it_means_everywhere_and_a_bare_429_a_minute() {
    matrix::check(sink, Some(Duration::from_secs(60))).await;
}

#[tokio::test]
async fn no_planted_secret_leaves() {
    secrets::check(|url| sink(At::new(url))).await;
}

#[test]
fn a_bad_setting_is_an_error_that_shows_no_secret() {
    let good = || Sentry::new(format!("https://{KEY}@host/7"));
    let cases = [
        (Sentry::new(""), "the DSN is not valid"),
        (Sentry::new("s3cr3t"), "the DSN is not valid"),
        (Sentry::new("https://s3cr3t@host"), "empty path"),
        (Sentry::new("https://host/7"), "username is empty"),
        (Sentry::new("ftp://s3cr3t@host/7"), "no valid scheme"),
        (Sentry::from_env(), "SENTRY_DSN is not valid"),
        (good().endpoint("s3cr3t"), "no URL"),
        (good().endpoint("https://a:s3cr3t@host/"), "password"),
        (good().root_certificate("s3cr3t"), "no PEM"),
        (good().timeout(Duration::ZERO), "timeout of 0"),
    ];
    for (sink, problem) in cases {
        let error = Backstop::production().reporter(sink).build().unwrap_err();
        let text = format!("{error} {error:?}");
        assert!(text.starts_with("reporter: Sentry: "), "{text}");
        assert!(text.contains(problem) && !text.contains("s3cr3t"), "{text}");
    }
    let shown = format!("{:?}", good().endpoint("https://host/?k=s3cr3t"));
    assert!(!shown.contains(KEY) && !shown.contains("s3cr3t"), "{shown}");
}

/// Environment variables belong to the process, so this is asked of a process of its own.
#[tokio::test]
async fn dsn_release_and_environment_come_from_the_environment() {
    let receiver = Receiver::taking().await;
    let mut child =
        tokio::process::Command::from(process::sibling("child_sends_by_the_environment"));
    child.env("SENTRY_DSN", dsn(&receiver.url()));
    child
        .env("SENTRY_RELEASE", "from-env")
        .env("SENTRY_ENVIRONMENT", "qa");
    let output = child.output().await.unwrap();
    process::assert_ran_one(&output);
    assert!(output.status.success(), "{output:?}");
    let event = valid(&receiver.one()).event;
    assert_eq!(
        (text(&event["release"]), text(&event["environment"])),
        ("from-env", "qa")
    );
}

#[tokio::test]
#[ignore = "it is the child of the test above"]
async fn child_sends_by_the_environment() {
    if std::env::var_os("SENTRY_DSN").is_some() {
        let answers = Sentry::from_env()
            .deliver(&[Arc::new(sample::report())])
            .await;
        assert_eq!(answers, [Delivery::Delivered]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_report_becomes_an_event_that_fits_and_is_read_back(report in any_report()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (id, errors) = (report.id, report.errors.len());
            let event = event(report).await;
            prop_assert_eq!(text(&event["event_id"]), id.simple().to_string());
            let read: Event<'static> = serde_json::from_value(event).unwrap();
            prop_assert_eq!(read.exception.len(), errors.max(1));
            Ok(())
        })?;
    }

    #[test]
    fn any_text_as_a_dsn_is_taken_or_refused_with_words(text in "(https?://)?[ -~é]{0,40}(@[a-z:0-9.\\[\\]]{1,12}/[ -~]{0,9})?") {
        let checked = Sentry::new(text.clone()).check();
        let words = checked.err().map(|error| error.to_string()).unwrap_or_default();
        let secret = text.trim().trim_start_matches("https://").trim_start_matches("http://");
        prop_assert!(secret.len() < 8 || !words.contains(secret), "{}", words);
    }
}

fn any_report() -> impl Strategy<Value = Report> {
    let length = prop_oneof![3 => Just(1_usize), 1 => 1_usize..2_000];
    let texts = (proptest::collection::vec(any::<String>(), 8), length)
        .prop_map(|(texts, times)| texts.iter().map(|text| text.repeat(times)).collect());
    let numbers = (any::<u64>(), any::<u32>(), any::<u16>(), 0_u128..u128::MAX);
    let json = any_json();
    let section = || proptest::collection::btree_map(any_key(), any_json(), 0..4);
    let sections = proptest::collection::btree_map(any_key(), section(), 0..4);
    (texts, numbers, json, section(), sections, 0_usize..3).prop_map(
        |(t, (time, line, status, id), value, section, sections, many): (Vec<String>, _, Value, _, _, _)| {
            let times = |item: Value| vec![item; many];
            let source: Vec<Value> = (0..4)
                .map(|by| json!({"number": line.saturating_add(by), "text": t[0]}))
                .collect();
            let report = json!({
                "id": uuid::Uuid::from_u128(id), "timestamp": time, "severity": "fatal", "handled": false, "mechanism": "panic",
                "errors": times(json!({"type": t[0], "message": t[1], "at": t[2]})),
                "frames": times(json!({"function": t[3], "file": t[4], "line": line, "column": line, "address": time,
                                       "in_app": true, "source": source})),
                "request": {"method": t[5], "url": t[6], "route": t[7], "headers": {t[1].clone(): t[2], "host": t[3]}},
                "response": {"status": status}, "transaction": t[0],
                "user": {"id": t[1], "name": t[2], "email": t[3]},
                "attributes": section, "metadata": sections,
                "feature_flags": times(json!({"name": t[4], "variant": t[5]})),
                "breadcrumbs": times(json!({"timestamp": time, "message": t[6], "kind": "query", "level": "warning", "data": section})),
                "logs": times(json!({"timestamp": time, "level": "info", "message": value.to_string()})),
                "app": {"name": t[7], "version": t[0], "release_stage": t[1]},
                "device": {"hostname": t[2], "os": t[3], "arch": t[4]},
                "thread": {"name": t[5], "id": time}, "trace_id": t[6], "span_id": t[7], "fingerprint": t[0],
                "suppressed": time, "trimmed": times(json!(t[1])),
            });
            serde_json::from_value(report).unwrap()
        },
    )
}

/// Among others the names that mean something to Sentry.
fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("type".to_owned()),
        Just("trace".to_owned()),
        Just("backstop".to_owned()),
        Just("environment".to_owned()),
    ]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(any_key(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// A client of Sentry's own, and what it sent.
fn client(
    change: impl FnOnce(ClientOptions) -> ClientOptions,
) -> (Arc<Client>, Arc<TestTransport>) {
    let transport = TestTransport::new();
    let options = ClientOptions::new()
        .dsn(&format!("https://{KEY}@host/7"))
        .transport(Arc::clone(&transport));
    (Arc::new(Client::with_options(change(options))), transport)
}

#[tokio::test]
async fn a_client_of_the_application_gets_the_same_event_and_its_settings_stand_over_it() {
    let (client, transport) = client(|options| {
        options.release("theirs").before_send(|mut event| {
            event.logger = Some("seen".to_owned());
            Some(event)
        })
    });
    let sink = SentryClient::new(client);
    sink.check().unwrap();
    assert_eq!(
        sink.deliver(&[Arc::new(sample::report())]).await,
        [Delivery::Delivered]
    );
    let events = transport.fetch_and_clear_events();
    assert_eq!(events.len(), 1);
    let mut theirs = serde_json::to_value(&events[0]).unwrap();
    let mut ours = event(sample::report()).await;
    assert_eq!(
        (text(&theirs["release"]), text(&theirs["logger"])),
        ("theirs", "seen")
    );
    assert_eq!(
        theirs["environment"], "production",
        "where they say nothing"
    );
    for name in ["release", "logger"] {
        theirs.as_object_mut().unwrap().remove(name);
    }
    ours.as_object_mut().unwrap().remove("release");
    for context in theirs["contexts"].as_object_mut().unwrap().values_mut() {
        let context = context.as_object_mut().unwrap();
        if context["type"] == "unknown" {
            context.remove("type");
        }
    }
    assert_eq!(theirs, ours);
}

#[tokio::test]
async fn what_a_clients_hooks_drop_is_filtered_and_what_they_break_is_rejected() {
    let _quiet = backstop::testing::quiet_panics();
    let (client, transport) = client(|options| {
        options.before_send(|event| match event.transaction.as_deref() {
            Some("drop") => None,
            Some("panic") => panic!("a hook that panics"),
            _ => Some(event),
        })
    });
    let sink = SentryClient::new(Arc::clone(&client));
    let named = |name: &str| Arc::new(sample::with(|report| report["transaction"] = name.into()));
    let batch = [named("drop"), named("keep"), named("panic")];
    let answers = sink.deliver(&batch).await;
    assert_eq!(
        answers,
        [Delivery::Filtered, Delivery::Delivered, Delivery::Rejected]
    );
    // As the pipeline counts it. Of what its hooks dropped the client tells by itself.
    sink.dropped(Outcome::Filtered, 4);
    sink.dropped(Outcome::Rejected, 1);
    transport.fetch_and_clear_envelopes();
    sink.deliver(&[named("keep")]).await;
    let told: Vec<Value> = transport
        .fetch_and_clear_envelopes()
        .iter()
        .flat_map(told)
        .collect();
    let told: Vec<Value> = told.iter().map(by_reason).collect();
    assert_eq!(told, [json!({"before_send": 3, "send_error": 1})]);
    client.close(None);
    assert_eq!(sink.deliver(&[named("keep")]).await, [Delivery::Rejected]);
    let error = Backstop::production().reporter(sink).build().unwrap_err();
    assert!(error.to_string().contains("sends nothing"), "{error}");
}

fn told(envelope: &Envelope) -> Vec<Value> {
    let reports = envelope.items().filter_map(|item| match item {
        EnvelopeItem::ClientReport(report) => serde_json::to_value(report).ok(),
        _ => None,
    });
    reports.collect()
}

/// A queue of thirty, of which nothing gets lost, and a transport that is stuck.
#[tokio::test]
async fn no_more_is_handed_over_than_a_client_can_queue() {
    #[derive(Default)]
    struct Queue {
        sizes: Mutex<(usize, Vec<usize>)>,
        is_stuck: bool,
    }
    impl Transport for Queue {
        fn send_envelope(&self, _envelope: Envelope) {
            self.sizes.lock().unwrap().0 += 1;
        }
        fn flush(&self, _timeout: Duration) -> bool {
            let mut sizes = self.sizes.lock().unwrap();
            let size = std::mem::take(&mut sizes.0);
            sizes.1.push(size);
            !self.is_stuck
        }
    }
    let batch = [(); 32].map(|()| Arc::new(sample::bare()));
    for (is_stuck, flushed, delivered) in [(false, vec![16, 16], 32), (true, vec![16], 16)] {
        let queue = Arc::new(Queue {
            is_stuck,
            ..Queue::default()
        });
        let transport: Arc<dyn Transport> = Arc::clone(&queue) as _;
        let (client, _) =
            client(|options| options.transport(move |_: &ClientOptions| Arc::clone(&transport)));
        let answers = SentryClient::new(client).deliver(&batch).await;
        let of = |want| answers.iter().filter(|answer| **answer == want).count();
        assert_eq!(
            (of(Delivery::Delivered), of(Delivery::Unsent)),
            (delivered, 32 - delivered)
        );
        assert_eq!(queue.sizes.lock().unwrap().1, flushed);
    }
}
