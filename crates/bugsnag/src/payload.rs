//! The body of a request.

use backstop::reporters::Rendered;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// The version of the format, of a body and of each event.
pub(crate) const VERSION: &str = "5";

/// One event, as JSON.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Event(Box<RawValue>);

impl Event {
    pub(crate) fn new(event: &Value) -> Self {
        Self(to_raw_value(event).unwrap_or_default())
    }
}

impl Rendered for Event {
    fn byte_len(&self) -> usize {
        self.0.get().len()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    api_key: &'a str,
    payload_version: &'a str,
    notifier: Notifier,
    events: &'a [Event],
}

#[derive(Serialize)]
struct Notifier {
    name: &'static str,
    version: &'static str,
    url: &'static str,
    dependencies: [&'static str; 0],
}

/// The body that carries these events.
pub(crate) fn body(api_key: &str, events: &[Event]) -> Vec<u8> {
    let payload = Payload {
        api_key,
        payload_version: VERSION,
        notifier: Notifier {
            name: "backstop",
            version: env!("CARGO_PKG_VERSION"),
            url: "https://docs.rs/backstop",
            dependencies: [],
        },
        events,
    };
    serde_json::to_vec(&payload).unwrap_or_default()
}
