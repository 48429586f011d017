//! What backtrace.io's server demands.

use backstop_testkit::{Received, parse, text};
use serde_json::Value;

use crate::TOKEN;

/// What the server demands of a request.
pub(crate) fn valid(request: &Received) -> (Value, Value) {
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
