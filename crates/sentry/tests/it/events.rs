//! Events of reports.

use std::sync::Arc;

use backstop::reporters::Reporter as _;
use backstop_testkit::responses::Settings;
use backstop_testkit::{Received, Receiver, sample};
use serde_json::json;

use crate::valid::{line, valid};
use crate::{MAX_BYTES, event, reporter};

#[tokio::test]
async fn a_report_arrives_with_everything_in_it() {
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
        "tags": {"plan": "gold", "items": "3", "ratio": "0.5", "new": "true", "site": "src/store.rs:88:13 in orders::store::load"},
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
async fn sentry_groups_reports_itself_unless_the_application_set_a_fingerprint() {
    let grouped = event(sample::with(|report| {
        report["fingerprint"] = "v2:orders::StoreError src/store.rs 00c0ffee00c0ffee".into();
    }));
    // None means `{{ default }}`.
    assert!(grouped.await.get("fingerprint").is_none());
}

#[tokio::test]
async fn an_attribute_of_the_name_site_takes_precedence() {
    let event = event(sample::with(|report| {
        report["attributes"]["site"] = "Berlin".into()
    }));
    assert_eq!(event.await["tags"]["site"], "Berlin");
}

#[tokio::test]
async fn a_report_with_nothing_optional_is_an_event_all_the_same() {
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
            report["origin"] = mechanism.into();
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
async fn what_sentry_would_drop_or_misread_is_kept_elsewhere() {
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
        json!({
            "a_b": "x y", "text": format!("{}…", "t".repeat(199)),
            "site": "src/store.rs:88:13 in orders::store::load",
        })
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
    let receiver = Receiver::accepting().await;
    let reporter = reporter(Settings::new(&receiver.url()));
    // Large enough to stand beside the contexts already.
    reporter.deliver(&[Arc::new(of(10_000))]).await;
    let room = 10_000 + MAX_BYTES - length(&receiver.one());
    reporter
        .deliver(&[of(room), of(room + 1)].map(Arc::new))
        .await;
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
async fn sentry_can_resolve_the_frames_of_a_stripped_program_with_uploaded_debug_files() {
    let event = event(sample::with(|report| {
        report["frames"] = json!([
            {"address": 0x5500_0000_1234_u64, "in_app": false},
            {"address": 0x5500_0000_2345_u64, "in_app": true, "function": "orders::show"},
            {"address": 0x5500_0000_3456_u64, "in_app": true, "function": "main", "file": "src/main.rs", "line": 3},
        ]);
        report["debug_images"] = json!([{
            "file": "/srv/orders", "build_id": "a1b2c3d4e5f60718293a4b5c6d7e8f9001020304",
            "debug_id": "d4c3b2a1-f6e5-1807-293a-4b5c6d7e8f90", "address": 0x5500_0000_0000_u64, "size": 4096 * 16,
        }]);
    }))
    .await;
    assert_eq!(
        event["debug_meta"]["images"],
        json!([{
            "type": "symbolic", "name": "/srv/orders", "arch": null,
            "image_addr": "0x550000000000", "image_size": 65_536,
            "id": "d4c3b2a1-f6e5-1807-293a-4b5c6d7e8f90", "code_id": "a1b2c3d4e5f60718293a4b5c6d7e8f9001020304",
        }])
    );
    let stack = &event["exception"]["values"][2]["stacktrace"];
    assert_eq!(
        stack["instruction_addr_adjustment"], "all",
        "calls return there"
    );
    let addresses: Vec<&serde_json::Value> = stack["frames"]
        .as_array()
        .unwrap()
        .iter()
        .map(|frame| &frame["instruction_addr"])
        .collect();
    assert_eq!(
        addresses,
        [
            &json!(null),
            &json!("0x550000002345"),
            &json!("0x550000001234")
        ],
        "nothing is left to find for a frame with a line"
    );
}
