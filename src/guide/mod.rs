//! Chapters of documentation, without code.
//!
//! * [Local clients](local_clients): who sees details in development, in containers and behind proxies.
//! * [Failures outside requests](outside_requests): panics, tasks, threads, and what nothing can catch.

pub mod local_clients;
pub mod outside_requests;
