//! Reports of a request's failures: `cargo run --example reports`.
//!
//! `Console` prints two reports: one of an error that the handler intercepts, with the metadata that `contextualize`
//! adds, and one of the failure itself, with the breadcrumbs of the handler and of the task that it spawned.

#![expect(clippy::print_stdout, reason = "an example prints its reports")]

use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use backstop::prelude::*;
use backstop::report::FeatureFlag;
use backstop::reporters::Console;
use backstop::stats::Outcome;
use backstop::{Backstop, Context as _, Scope};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let backstop = Backstop::production()
        .app("shop", "1.4.0")
        .release_stage("staging")
        .reporter(Console::to(std::io::stdout()))
        .build()?;
    let app: Router = Router::new()
        .route("/orders/{id}", get(order))
        .layer(backstop.layer());

    let request = Request::get("/orders/7?token=s3cr3t").body(axum::body::Body::empty())?;
    let response = app.oneshot(request).await?;
    // The client gets the status and an id; the report has the rest.
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);

    let remaining = backstop.close(Duration::from_secs(5)).await;
    assert!(remaining.is_empty());
    let stats = &backstop.stats().reporters[0];
    println!(
        "captured {}, delivered {}",
        stats.captured(),
        stats.count(Outcome::Delivered)
    );
    Ok(())
}

async fn order(scope: Scope, Path(id): Path<u32>) -> backstop::Result<String> {
    scope.set_attribute("order.id", id);
    scope.add_feature_flag(FeatureFlag::new("checkout").with_variant("two-step"));
    scope.add_breadcrumb("opened the order");

    // The discount is optional: its failure is reported as handled, and the order continues.
    let discount = backstop::report::contextualize(discount(), |report| {
        let section = report.metadata.entry("campaign".into()).or_default();
        section.insert("name".into(), "black friday".into());
    });
    scope.add_breadcrumb(format!("took {} percent off", discount.await));

    // The task runs in the request's scope.
    let stock = scope.spawn(async {
        Scope::current().add_breadcrumb("asked the warehouse");
        warehouse()
    });
    stock.await.context("waiting for the warehouse")?
}

async fn discount() -> u32 {
    "ten".parse().intercept().unwrap_or(0)
}

fn warehouse() -> backstop::Result<String> {
    let stock: Result<String, _> = Err(std::io::Error::other(
        "connecting to postgres://app:s3cr3t@db:5432/stock: connection refused",
    ));
    stock
        .or_status(StatusCode::BAD_GATEWAY)
        .context("counting the stock")
}
