//! One line of the table.

use axum::Router;

/// An app, and the request that it is sent.
#[derive(Clone, Copy)]
pub struct Row {
    pub name: &'static str,
    pub app: fn() -> Router,
    pub request: Asked,
    /// The row that this one is compared with.
    pub over: Option<&'static str>,
    /// What the difference should stay below.
    pub limit: Option<u64>,
    /// The row that must respond with the same bytes, except for the id.
    pub same_as: Option<&'static str>,
    /// How often one request does what the row measures: the difference is divided by it.
    pub times: u64,
    /// How many times fewer requests are sent, for rows that take long.
    pub share: u64,
    pub thread: Thread,
}

/// The thread whose instructions are counted.
#[derive(Clone, Copy, PartialEq)]
pub enum Thread {
    /// The one that serves the requests.
    Serving,
    /// The one that makes reports, once every request has been reported.
    Worker,
}

/// What distinguishes one row's request from another's.
#[derive(Clone, Copy)]
pub enum Asked {
    /// A GET with this `Accept`.
    Get(&'static str),
    /// A GET whose `Accept` lists so many media types, each with a weight, and `application/problem+json` last.
    Weighted(usize),
    /// A POST of JSON, with `application/problem+json` accepted.
    Post(&'static str),
}

pub const BROWSER: &str =
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";
pub const PROBLEM: &str = "application/problem+json";

/// A row for an app that is asked for `application/problem+json`.
pub const fn row(name: &'static str, app: fn() -> Router) -> Row {
    Row {
        name,
        app,
        request: Asked::Get(PROBLEM),
        over: None,
        limit: None,
        same_as: None,
        times: 1,
        share: 1,
        thread: Thread::Serving,
    }
}

impl Row {
    pub const fn accept(mut self, accept: &'static str) -> Self {
        self.request = Asked::Get(accept);
        self
    }

    pub const fn request(mut self, request: Asked) -> Self {
        self.request = request;
        self
    }

    pub const fn over(mut self, row: &'static str) -> Self {
        self.over = Some(row);
        self
    }

    pub const fn limit(mut self, limit: u64) -> Self {
        self.limit = Some(limit);
        self
    }

    pub const fn same_as(mut self, row: &'static str) -> Self {
        self.same_as = Some(row);
        self
    }

    pub const fn times(mut self, times: u64) -> Self {
        self.times = times;
        self
    }

    pub const fn share(mut self, share: u64) -> Self {
        self.share = share;
        self
    }

    pub const fn on_worker(mut self) -> Self {
        self.thread = Thread::Worker;
        self
    }
}
