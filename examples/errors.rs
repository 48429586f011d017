//! Errors that declare their responses, and every format that they are rendered in.
//!
//! `cargo run --example errors` prints the responses and ends; nothing listens.

#![expect(clippy::print_stdout, reason = "an example prints its responses")]

use axum::Router;
use axum::body::Body;
use axum::extract::Path;
use axum::routing::get;
use backstop::prelude::*;
use backstop::{Backstop, Failure, HttpError};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

/// Everything that clients of a shop learn. A variant has a message for people, and a code and fields for programs.
#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("there is no product {id}")]
    #[http(status = 404, code = "NO_PRODUCT", title = "No such product")]
    NoProduct {
        #[http(field = "product")]
        id: u32,
    },
    #[error("only {0} left")]
    #[http(status = StatusCode::CONFLICT, code = "OUT_OF_STOCK")]
    OutOfStock(u32),
    #[error("the shop is closed until eight")]
    #[http(status = 503, public)]
    Closed {
        #[http(header = "retry-after")]
        seconds: u32,
    },
    #[error("reading the stock")]
    Stock(#[from] std::io::Error),
}

/// A derived error is a response itself, so a handler can return it as it is.
async fn product(Path(id): Path<u32>) -> Result<String, ShopError> {
    match id {
        1 => Ok("A teapot.".to_owned()),
        2 => Err(ShopError::OutOfStock(0)),
        3 => Err(ShopError::Closed { seconds: 3600 }),
        _ => Err(ShopError::NoProduct { id }),
    }
}

/// Where errors of several types meet, `backstop::Result` takes them all, and records the source location of each `?`.
async fn stock() -> backstop::Result<String> {
    let text = std::fs::read_to_string("/no/such/file").map_err(ShopError::from)?;
    let count: u32 = text.trim().parse().or_internal("counting the stock")?;
    Ok(count.to_string())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let backstop = Backstop::production()
        .safe_fields(["product"])
        .on_error(|event| println!("  (callbacks see: {})", chain(event.failure())))
        .build()?;
    let app: Router = Router::new()
        .route("/products/{id}", get(product))
        .route("/stock", get(stock))
        .layer(backstop.layer());

    // One error in every format.
    for accept in [
        "application/problem+json",
        "application/json",
        "text/html",
        "application/problem+xml",
        "text/plain",
    ] {
        show(&app, "/products/7", accept).await?;
    }
    // The others as most clients get them: a conflict, a closed shop, a rejected path, and a 500 that does not say
    // what went wrong.
    for path in ["/products/2", "/products/3", "/products/teapot", "/stock"] {
        show(&app, path, "*/*").await?;
    }
    Ok(())
}

/// The messages of the cause chain.
fn chain(failure: &Failure) -> String {
    let messages: Vec<&str> = failure.chain().iter().map(|link| link.message()).collect();
    messages.join(": ")
}

async fn show(app: &Router, path: &str, accept: &str) -> Result<(), Box<dyn std::error::Error>> {
    println!("GET {path}  Accept: {accept}");
    let request = Request::get(path)
        .header(ACCEPT, accept)
        .body(Body::empty())?;
    let (head, body) = app.clone().oneshot(request).await?.into_parts();
    let text = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
    println!("{} {:?}", head.status, head.headers[CONTENT_TYPE]);
    if let Some(seconds) = head.headers.get("retry-after") {
        println!("retry-after: {seconds:?}");
    }
    println!("{}\n", text.trim_end());
    Ok(())
}
