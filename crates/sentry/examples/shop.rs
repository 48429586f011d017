//! A shop whose failures are reported to Sentry:
//! `SENTRY_DSN=https://key@host/7 cargo run -p backstop-sentry --example shop`, then open
//! <http://127.0.0.1:3000/stock> and <http://127.0.0.1:3000/panic>.
//!
//! `--port 3001` listens on another port.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use backstop::prelude::*;
use backstop::{Backstop, Context as _, Scope};
use backstop_sentry::Sentry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let backstop = Backstop::from_env()?
        .app("shop", env!("CARGO_PKG_VERSION"))
        .reporter(Sentry::from_env())
        .build()?;
    backstop.install_panic_hook()?;
    let app = Router::new()
        .route("/products/{id}", get(product))
        .route("/stock", get(stock))
        .route("/panic", get(panics))
        .route("/supplier", get(supplier))
        .layer(backstop.layer());

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port()?)).await?;
    println!("The shop is open at http://{}/", listener.local_addr()?);
    // With the addresses of clients, so that in development only those on this machine see details.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(async {
            let _ = tokio::signal::ctrl_c().await;
        })
        .await?;
    backstop.close(Duration::from_secs(5)).await;
    Ok(())
}

/// A 404, which is not reported.
async fn product(Path(id): Path<u64>) -> backstop::Result<String> {
    let product = (id == 7).then_some("a teapot");
    let product = product
        .ok_or(std::fmt::Error)
        .or_status(StatusCode::NOT_FOUND)?;
    Ok(product.to_owned())
}

/// A cause chain.
async fn stock(scope: Scope) -> backstop::Result<String> {
    scope.add_breadcrumb("looked on the shelf");
    std::fs::read_to_string("/var/lib/shop/stock.json").context("loading the stock")
}

/// A panic, with its frames and their source.
async fn panics(scope: Scope) {
    scope.add_breadcrumb("looked for the last price");
    let prices: [u32; 0] = [];
    let index = prices.len();
    println!("{}", prices[index]);
}

/// An error response without an error, as middleware may make one.
async fn supplier() -> (StatusCode, &'static str) {
    (
        StatusCode::BAD_GATEWAY,
        "upstream 10.0.0.7 refused: bad password",
    )
}

fn port() -> Result<u16, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(3000),
        (Some("--port"), Some(port)) => Ok(port.parse()?),
        _ => Err("usage: shop [--port PORT]".into()),
    }
}
