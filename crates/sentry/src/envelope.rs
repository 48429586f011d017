//! The envelope of one event, by [Sentry's rules](https://develop.sentry.dev/sdk/foundations/envelopes/).

use std::io::Write as _;
use std::time::SystemTime;

use flate2::Compression;
use flate2::write::GzEncoder;
use sentry_core::protocol::EnvelopeHeaders;
use sentry_core::protocol::client_report::{Category, Item, Report as ClientReport};
use serde_json::json;
use uuid::Uuid;

use super::event::sdk;
use super::state::Loss;

/// One event, which is JSON already, and what was lost before it; compressed.
pub(super) fn envelope(id: Uuid, event: &[u8], losses: &[Loss]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    for part in parts(id, event, losses) {
        // A vector takes all that is written to it.
        let _ = gzip.write_all(&part);
    }
    gzip.finish().unwrap_or_default()
}

/// One line for the envelope, and two for each item: what it is, and itself. Without its length an item would end
/// at the first line's end.
fn parts(id: Uuid, event: &[u8], losses: &[Loss]) -> Vec<Vec<u8>> {
    let headers = EnvelopeHeaders::new()
        .with_event_id(id)
        .with_sent_at(SystemTime::now())
        .with_sdk(sdk());
    let line = |value: serde_json::Result<Vec<u8>>| {
        let mut line = value.unwrap_or_default();
        line.push(b'\n');
        line
    };
    let item = |kind: &str, payload: Vec<u8>| {
        let header = json!({"type": kind, "length": payload.len()});
        [line(serde_json::to_vec(&header)), line(Ok(payload))]
    };
    let mut parts = vec![line(serde_json::to_vec(&headers))];
    parts.extend(item("event", event.to_vec()));
    if let Some(report) = client_report(losses) {
        let report = serde_json::to_vec(&report).unwrap_or_default();
        parts.extend(item("client_report", report));
    }
    parts
}

/// What was dropped, if anything was.
pub(super) fn client_report(losses: &[Loss]) -> Option<ClientReport> {
    let item = |(reason, count): &Loss| Item::new(Category::Error, *reason, *count);
    (!losses.is_empty()).then(|| ClientReport::new(losses.iter().map(item)))
}
