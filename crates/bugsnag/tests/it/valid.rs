//! What Bugsnag demands.

use backstop_testkit::{Received, parse, text};
use serde_json::Value;
use sha1::{Digest as _, Sha1};

/// What Bugsnag's acceptance server demands of a request.
pub(crate) fn valid_events(request: &Received) -> Vec<Value> {
    assert_eq!(request.method, "POST");
    assert_eq!(request.header("content-type"), "application/json");
    assert!(request.body.len() <= 1_000_000, "{}", request.body.len());
    let digest: String = Sha1::digest(&request.body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        request.header("bugsnag-integrity"),
        format!("sha1 {digest}")
    );
    assert_time(request.header("bugsnag-sent-at"));
    let agent = concat!("backstop/", env!("CARGO_PKG_VERSION"));
    assert_eq!(request.header("user-agent"), agent);
    let body = parse(&request.body);
    assert_eq!(body["apiKey"], request.header("bugsnag-api-key"));
    assert_eq!(
        body["payloadVersion"],
        request.header("bugsnag-payload-version")
    );
    for key in ["name", "version", "url"] {
        assert!(!text(&body["notifier"][key]).is_empty(), "{key}");
    }
    let events = body["events"].as_array().unwrap().clone();
    assert!(!events.is_empty());
    events.iter().for_each(assert_event);
    events
}

fn assert_event(event: &Value) {
    assert_eq!(event["payloadVersion"], "5");
    assert!(["error", "warning", "info"].contains(&text(&event["severity"])));
    assert!(event["unhandled"].is_boolean());
    let reasons = [
        "unhandledErrorMiddleware",
        "unhandledPanic",
        "handledPanic",
        "handledException",
        "unhandledError",
        "userCallbackSetSeverity",
    ];
    assert!(reasons.contains(&text(&event["severityReason"]["type"])));
    let exceptions = event["exceptions"].as_array().unwrap();
    assert!(!exceptions.is_empty());
    for exception in exceptions {
        assert!(!text(&exception["errorClass"]).is_empty());
        assert!(exception["message"].is_string());
        assert!(exception.get("type").is_none(), "there is no `rust`");
        for frame in exception["stacktrace"].as_array().unwrap() {
            assert!(frame["file"].is_string() && frame["method"].is_string());
            assert!(frame["lineNumber"].is_u64());
            let code = frame.get("code").and_then(Value::as_object);
            let numbers = code.into_iter().flat_map(|code| code.keys());
            let line = frame["lineNumber"].as_u64().unwrap();
            for number in numbers {
                assert!(number.parse::<u64>().unwrap().abs_diff(line) <= 3);
            }
        }
    }
    let kinds = [
        "navigation",
        "request",
        "process",
        "log",
        "user",
        "state",
        "error",
        "manual",
    ];
    for crumb in event["breadcrumbs"].as_array().unwrap() {
        assert_time(text(&crumb["timestamp"]));
        assert!(!text(&crumb["name"]).is_empty() && crumb["metaData"].is_object());
        assert!(kinds.contains(&text(&crumb["type"])));
    }
    for flag in event["featureFlags"].as_array().unwrap() {
        assert!(!text(&flag["featureFlag"]).is_empty());
        assert!(flag.get("variant").is_none_or(Value::is_string));
    }
    assert_time(text(&event["device"]["time"]));
    let sections = event["metaData"].as_object().unwrap();
    assert!(sections.values().all(Value::is_object));
    assert!(
        event
            .as_object()
            .unwrap()
            .values()
            .all(|value| !value.is_null()),
        "what is not known is left out: {event}"
    );
}

/// `YYYY-MM-DDTHH:MM:SS.mmmZ`.
fn assert_time(time: &str) {
    let shape: String = time
        .chars()
        .map(|character| {
            if character.is_ascii_digit() {
                '0'
            } else {
                character
            }
        })
        .collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z");
}
