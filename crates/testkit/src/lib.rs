//! What the tests of reporters share: a strict receiver of reports on this machine, a report with everything in it, and
//! the checks that every reporter has to pass.
#![expect(
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails by a panic"
)]

mod http1;
pub mod process;
mod receiver;
pub mod responses;
pub mod sample;
pub mod secrets;
pub mod settings;

pub use self::http1::Received;
pub use self::receiver::{Receiver, Reply, unused_url};

/// Parses JSON.
#[must_use]
#[track_caller]
pub fn parse(json: &[u8]) -> serde_json::Value {
    serde_json::from_slice(json).unwrap()
}

/// The string that a JSON value is.
#[must_use]
#[track_caller]
pub fn text(value: &serde_json::Value) -> &str {
    value
        .as_str()
        .unwrap_or_else(|| panic!("not a string: {value}"))
}
