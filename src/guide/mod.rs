//! Chapters to read; there is no code in here.
//!
//! * [Errors outside requests](outside_requests): panics, tasks, threads, and what nobody can catch.

pub mod outside_requests;
