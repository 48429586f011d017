//! Chapters of documentation, without code.
//!
//! * [Failures outside requests](outside_requests): panics, tasks, threads, and what nothing can catch.

pub mod outside_requests;
