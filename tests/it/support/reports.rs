//! What the tests of reports share.
#![expect(clippy::unwrap_used, reason = "so a test fails")]

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use backstop::{Backstop, Builder, Report};
use http::{Request, Response};
use tower::ServiceExt as _;

/// The reports that a Backstop made.
#[derive(Clone, Default)]
pub(crate) struct Reports(Arc<Mutex<Vec<Report>>>);

impl Reports {
    /// A quiet Backstop in production, whose reports are kept.
    pub(crate) fn backstop() -> (Backstop, Self) {
        Self::with(Backstop::production())
    }

    pub(crate) fn with(builder: Builder) -> (Backstop, Self) {
        let reports = Self::default();
        let kept = Arc::clone(&reports.0);
        let backstop = builder
            .log(false)
            .tap(move |report| kept.lock().unwrap().push(report));
        (backstop.build().unwrap(), reports)
    }

    pub(crate) fn all(&self) -> Vec<Report> {
        self.0.lock().unwrap().clone()
    }

    #[track_caller]
    pub(crate) fn one(&self) -> Report {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }
}

/// What one GET is answered.
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
