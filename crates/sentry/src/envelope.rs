//! The envelope of one event, by [Sentry's rules](https://develop.sentry.dev/sdk/foundations/envelopes/).

use std::io::Write as _;
use std::time::SystemTime;

use backstop::reporters::Rendered;
use flate2::Compression;
use flate2::write::GzEncoder;
use sentry_types::Uuid;
use sentry_types::protocol::v7::{ClientReport, EnvelopeHeaders};
use serde_json::json;

use crate::event::sdk;

/// The largest event that Sentry accepts, in bytes.
pub(crate) const MAX_BYTES: usize = 1_000_000;
/// The largest compressed event that, with the rest of its envelope, stays within Sentry's 200 kB.
const MAX_COMPRESSED: usize = 198_000;
/// Compression never adds more than a few bytes, so an event below this size fits without trying.
const ALWAYS_FITS: usize = 190_000;

/// An event as JSON.
#[derive(Debug)]
pub(crate) struct Event {
    id: Uuid,
    json: Vec<u8>,
    bytes: usize,
}

impl Event {
    pub(crate) fn new(id: Uuid, json: Vec<u8>) -> Self {
        let is_incompressible = (ALWAYS_FITS..=MAX_BYTES).contains(&json.len())
            && gzip(&[&json]).len() > MAX_COMPRESSED;
        let bytes = if is_incompressible {
            usize::MAX
        } else {
            json.len()
        };
        Self { id, json, bytes }
    }

    /// The compressed envelope with this event and, if something was dropped, a client report.
    pub(crate) fn to_envelope(&self, report: Option<&ClientReport>) -> Vec<u8> {
        let headers = EnvelopeHeaders::new()
            .with_event_id(self.id)
            .with_sent_at(SystemTime::now())
            .with_sdk(sdk());
        let headers = serde_json::to_vec(&headers).unwrap_or_default();
        let mut lines = vec![headers, item_header("event", &self.json), self.json.clone()];
        if let Some(report) = report {
            let report = serde_json::to_vec(report).unwrap_or_default();
            lines.extend([item_header("client_report", &report), report]);
        }
        let parts: Vec<&[u8]> = lines
            .iter()
            .flat_map(|line| [line.as_slice(), b"\n"])
            .collect();
        gzip(&parts)
    }
}

impl Rendered for Event {
    /// The size of the JSON, or `usize::MAX` if the event is too large even when compressed.
    fn byte_len(&self) -> usize {
        self.bytes
    }
}

/// The header of an item. Without a length, the item would end at its first line break.
fn item_header(kind: &str, payload: &[u8]) -> Vec<u8> {
    let header = json!({"type": kind, "length": payload.len()});
    header.to_string().into_bytes()
}

fn gzip(parts: &[&[u8]]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    for part in parts {
        // Writing to a vector does not fail.
        let _ = gzip.write_all(part);
    }
    gzip.finish().unwrap_or_default()
}
