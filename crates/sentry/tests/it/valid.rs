//! What a Relay demands.

use backstop_testkit::{Received, parse, text};
use sentry_types::protocol::v7::Envelope;
use serde_json::Value;

use crate::{KEY, MAX_BYTES};

/// What one request carried.
pub(crate) struct Sent {
    pub(crate) event: Value,
    pub(crate) dropped: Option<Value>,
}

/// What a Relay demands of a request.
pub(crate) fn valid(request: &Received) -> Sent {
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
        dropped: items.next().inspect(assert_client_report),
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

pub(crate) fn line(bytes: &[u8]) -> (Value, &[u8]) {
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
