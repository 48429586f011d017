//! Several reporters at once, and reporters behind a spool.
#![expect(clippy::unwrap_used, reason = "a test fails by a panic")]

mod spool;
mod together;
