//! What the tests of reports share.
#![expect(clippy::unwrap_used, reason = "so a test fails")]

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use backstop::reporters::Memory;
use backstop::{Backstop, Builder, Error, Report};
use http::{Request, Response};
use tower::ServiceExt as _;

const LONG: Duration = Duration::from_secs(60);

/// The reports that a Backstop made.
#[derive(Clone)]
pub(crate) struct Reports {
    backstop: Backstop,
    memory: Memory,
}

impl Reports {
    /// A quiet Backstop in production, whose reports are kept.
    pub(crate) fn backstop() -> (Backstop, Self) {
        Self::with(Backstop::production())
    }

    pub(crate) fn with(builder: Builder) -> (Backstop, Self) {
        let memory = Memory::new();
        let builder = builder.log(false).reporter(memory.clone());
        let backstop = builder.build().unwrap();
        let reports = Self {
            backstop: backstop.clone(),
            memory,
        };
        (backstop, reports)
    }

    pub(crate) fn all(&self) -> Vec<Report> {
        assert!(self.backstop.flush_blocking(LONG).is_empty());
        let reports = self.memory.reports();
        reports.iter().map(|report| (**report).clone()).collect()
    }

    #[track_caller]
    pub(crate) fn one(&self) -> Report {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }
}

/// An error that is made in this file.
pub(crate) fn out_of_stock() -> Error {
    Error::msg("out of stock")
}

/// The response to one GET.
pub(crate) async fn get(app: &Router, path: &str) -> Response<Body> {
    let request = Request::get(path).body(Body::empty()).unwrap();
    app.clone().oneshot(request).await.unwrap()
}

pub(crate) fn messages(report: &Report) -> Vec<&str> {
    report
        .breadcrumbs
        .iter()
        .map(|crumb| &*crumb.message)
        .collect()
}
