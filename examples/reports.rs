//! Reports at a terminal: `cargo run --example reports`.
//!
//! A request fails, a job deals with an error of its own, a third report waits for its outcome; `Console` shows
//! them as a developer would see them.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::time::Duration;

use axum::{Router, routing::get};
use backstop::reporters::Console;
use backstop::{Backstop, Error, prelude::*};
use http::{Request, StatusCode};
use tower::ServiceExt as _;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let backstop = Backstop::production()
        .reporter(Console::to(std::io::stdout()))
        .rate_limit(10)
        .build()?;
    let app: Router = Router::new()
        .route("/orders/{id}", get(order))
        .layer(backstop.layer());

    let request = Request::get("/orders/7?token=s3cr3t").body(axum::body::Body::empty())?;
    let response = app.oneshot(request).await?;
    // The client learns an id and nothing else; the report has the rest.
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);

    if let Err(error) = "seven".parse::<u8>() {
        backstop.notify(&error);
    }

    let outcome = backstop
        .draft()
        .error(Error::msg("the nightly import found no file"))
        .send()
        .await;
    backstop.shutdown(Duration::from_secs(5)).await;
    println!("the draft was {outcome}");
    Ok(())
}

async fn order() -> backstop::Result<String> {
    let answer: Result<String, _> = Err(std::io::Error::other(
        "connecting to postgres://app:s3cr3t@db:5432/shop: connection refused",
    ));
    answer
        .or_status(StatusCode::BAD_GATEWAY)
        .context("loading order 7")
}
