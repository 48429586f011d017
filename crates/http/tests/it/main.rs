//! A reporter for one's own tracker, written with the public API alone.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod batches;
mod log;
mod settings;
mod tracker;
