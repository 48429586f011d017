//! What the worker does for a report, on its own thread.

use axum::Router;
use axum::routing::get;
use backstop::report::Breadcrumb;
use backstop::{Error, Scope};

use super::panics::with_frames;
use crate::apps::reporting;
use crate::row::{Row, row};

pub const ROWS: &[Row] = &[
    row("worker, a report with 5 breadcrumbs", story).on_worker(),
    row("worker, a panic with its frames", with_frames)
        .share(10)
        .on_worker(),
];

fn story() -> Router {
    let handler = async |scope: Scope| {
        scope.set_attribute("tenant", "acme");
        for step in ["cart", "stock", "price", "card", "mail"] {
            scope.add_breadcrumb(Breadcrumb::new(step));
        }
        Err::<(), _>(Error::msg("no order 7"))
    };
    Router::new()
        .route("/orders/{id}", get(handler))
        .layer(reporting().layer())
}
