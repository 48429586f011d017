//! A report in which everything is filled in.

use backstop::Report;
use serde_json::{Value, json};

/// Its id.
pub const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";
/// Its time: 2026-11-21T21:34:54.480Z.
pub const AT: u64 = 1_795_296_894_480;

/// The report as JSON.
#[must_use]
pub fn json() -> Value {
    json!({
        "id": ID, "timestamp": AT, "severity": "error", "handled": false, "origin": "handler",
        "errors": [
            {"type": "orders::StoreError", "message": "store unavailable", "location": "src/store.rs:88:13"},
            {"type": "std::io::Error", "message": "connection refused"},
            {"message": "no route — to host", "location": "src/net.rs:7:1"},
        ],
        "frames": [
            {"function": "orders::store::load", "file": "src/store.rs", "line": 88, "column": 13, "address": 1, "in_app": true,
             "source": (80..=96).map(|number| json!({"number": number, "text": format!("line {number}")})).collect::<Vec<_>>()},
            {"function": "orders::api::show", "file": "src/api.rs", "line": 1, "address": 2, "in_app": true,
             "source": [{"number": 1, "text": "fn show() {"}, {"number": 2, "text": "\tload();"}]},
            {"address": 0x55d0_c2a9_1e40_u64, "in_app": false},
        ],
        "request": {"method": "GET", "url": "/orders/17?x=1", "route": "/orders/{id}",
                    "headers": {"accept": "application/json", "user-agent": "curl/8.5.0", "referer": "https://shop.example.com/"}},
        "response": {"status": 500},
        "transaction": "GET /orders/{id}",
        "user": {"id": "19", "name": "Bob", "email": "bob@example.com"},
        "attributes": {"plan": "gold", "items": 3, "ratio": 0.5, "new": true},
        "metadata": {"annotations": {"cart": {"total": [12, null]}}, "tenant": {"plan": "gold"}},
        "feature_flags": [{"name": "new-checkout", "variant": "blue"}, {"name": "dark-mode"}],
        "breadcrumbs": [
            {"timestamp": AT - 200, "message": "cart loaded", "kind": "manual", "level": "info", "data": {"items": 3}},
            {"timestamp": AT - 90, "message": "GET http://inventory/17", "kind": "request", "level": "warning",
             "data": {"status": 503, "tries": [1, 2]}},
            {"timestamp": AT - 10, "message": "select", "kind": "query", "level": "info"},
        ],
        "logs": [{"timestamp": AT - 5, "level": "warning", "message": "store is slow"}],
        "app": {"name": "orders-api", "version": "3.4.1", "release_stage": "production"},
        "device": {"hostname": "web-3", "os": "linux", "arch": "x86_64"},
        "thread": {"name": "tokio-runtime-worker", "id": 7},
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "span_id": "00f067aa0ba902b7",
        "fingerprint": "orders::StoreError src/store.rs:88:13", "site": "src/store.rs:88:13 in orders::store::load",
        "suppressed": 17,
    })
}

/// The report.
#[must_use]
pub fn report() -> Report {
    with(|_| {})
}

/// The report after a change of its JSON.
pub fn with(change: impl FnOnce(&mut Value)) -> Report {
    let mut report = json();
    change(&mut report);
    serde_json::from_value(report).unwrap()
}

/// A report with nothing but what every report has.
#[must_use]
pub fn bare() -> Report {
    let bare = json!({
        "id": ID, "timestamp": AT, "severity": "error", "handled": false, "origin": "panic", "fingerprint": "f",
    });
    serde_json::from_value(bare).unwrap()
}
