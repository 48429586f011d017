//! Chapters of documentation, without code.
//!
//! * [Local clients](local_clients): who sees details in development, in containers and behind proxies.
//! * [Failures outside requests](outside_requests): panics, tasks, threads, and what nothing can catch.
//! * [Reports of other error crates](error_reports): `error-stack` and `rootcause`.

pub mod error_reports;
pub mod local_clients;
pub mod outside_requests;
