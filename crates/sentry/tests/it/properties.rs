//! Any report, and any DSN.

use backstop::Report;
use backstop::reporters::Reporter as _;
use backstop_sentry::Sentry;
use backstop_testkit::text;
use proptest::prelude::*;
use sentry_types::protocol::v7::Event;
use serde_json::{Value, json};

use crate::event;

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
                "id": uuid::Uuid::from_u128(id), "timestamp": time, "severity": "fatal", "handled": false, "origin": "panic",
                "errors": times(json!({"type": t[0], "message": t[1], "location": format!("{}:{line}:{line}", t[2])})),
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
