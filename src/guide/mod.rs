//! Chapters of documentation, without code.
//!
//! * [Local clients](local_clients): who sees details in development, in containers and behind proxies.
//! * [Errors of other crates](foreign_errors): what they mean for a client, decided in one place.
//! * [Failures outside requests](outside_requests): panics, tasks, threads, and what nothing can catch.
//! * [Reports of other error crates](error_reports): `error-stack` and `rootcause`.
//! * [Shapes of error responses](response_shapes): the members that existing clients expect.
//! * [Logs, traces and metrics](telemetry): what the rest of the system learns of a failure.

pub mod error_reports;
pub mod foreign_errors;
pub mod local_clients;
pub mod outside_requests;
pub mod response_shapes;
pub mod telemetry;
