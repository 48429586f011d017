//! A small shop that fails in every way: `cargo run --example demo`, then open
//! <http://127.0.0.1:3000/>.
//!
//! `--port 3001` chooses another port; `BACKSTOP_MODE=development` shows what production hides.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "an example panics, and prints where it listens"
)]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query};
use axum::response::Html;
use axum::routing::{get, post};
use backstop::{Backstop, Context as _, Error, HttpError, Scope};
use futures_util::stream::{self, StreamExt as _};
use http::{StatusCode, header};
use serde::Deserialize;
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let backstop = Backstop::from_env()?
        .app("shop", env!("CARGO_PKG_VERSION"))
        .safe_fields(["productId", "inStock"])
        .map_error::<tokio::task::JoinError>(|_| StatusCode::BAD_GATEWAY.into())
        .build()?;
    backstop.install_panic_hook()?;

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port()?)).await?;
    println!("The shop is open at http://{}/", listener.local_addr()?);
    // With the addresses of clients, so that in development only those on this machine see details.
    let shop = shop(&backstop).into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, shop).await?;
    Ok(())
}

fn shop(backstop: &Backstop) -> Router {
    Router::new()
        .route("/", get(start))
        .route("/products/{id}", get(product))
        .route("/orders", post(order).get(invalid_order))
        .route("/checkout", get(checkout))
        .route("/search", get(search))
        .route("/stock", get(stock))
        .route("/panic", get(panics))
        .route("/invoice", get(invoice))
        .route("/export", get(export))
        .route("/supplier", get(supplier))
        .merge(slow_routes(backstop))
        .layer(backstop.layer())
}

/// Services that fail themselves. The layer outside of them responds, without a `HandleErrorLayer`.
fn slow_routes(backstop: &Backstop) -> Router {
    let deadline = tower::timeout::TimeoutLayer::new(Duration::from_millis(200));
    let slow = get(std::future::pending::<()>).layer(
        ServiceBuilder::new()
            .layer(backstop.layer())
            .layer(deadline),
    );
    let busy = get(|| async {}).layer(
        ServiceBuilder::new()
            .layer(backstop.layer())
            .load_shed()
            .concurrency_limit(0),
    );
    Router::new().route("/slow", slow).route("/busy", busy)
}

/// What can go wrong in the shop, and the response to it.
#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("there is no product {0}")]
    #[http(status = 404, code = "NO_PRODUCT")]
    NoProduct(u64),
    #[error("only {in_stock} left")]
    #[http(status = 409, code = "OUT_OF_STOCK")]
    OutOfStock {
        #[http(field = "productId")]
        product_id: u64,
        #[http(field = "inStock")]
        in_stock: u64,
        /// Not a safe field, so clients never see it.
        #[http(field)]
        warehouse: &'static str,
    },
}

async fn product(Path(id): Path<u64>) -> backstop::Result<String> {
    if id == 7 {
        return Ok("a teapot".to_owned());
    }
    Err(ShopError::NoProduct(id))?
}

async fn checkout() -> backstop::Result<()> {
    Err(ShopError::OutOfStock {
        product_id: 7,
        in_stock: 2,
        warehouse: "north",
    })?
}

#[derive(Deserialize)]
struct Order {
    product: u64,
    quantity: u32,
}

async fn order(axum::Json(order): axum::Json<Order>) -> backstop::Result<String> {
    Ok(format!("{} × product {}", order.quantity, order.product))
}

async fn invalid_order() -> backstop::Result<()> {
    let wrong = |pointer: &'static str, text: &'static str, code: &'static str| {
        Error::msg(text)
            .with_status(StatusCode::UNPROCESSABLE_ENTITY)
            .with_field("pointer", pointer)
            .with_code(code)
    };
    let errors = [
        wrong("#/quantity", "must be at least 1", "RANGE"),
        wrong("#/items/0/name", "must not be empty", "REQUIRED"),
    ];
    Err(Error::many(errors).with_status(StatusCode::UNPROCESSABLE_ENTITY))
}

#[derive(Deserialize)]
struct Search {
    limit: u32,
}

async fn search(Query(search): Query<Search>) -> String {
    format!("{} results", search.limit)
}

/// A foreign error: a 500 whose text only the log contains.
async fn stock(scope: Scope) -> backstop::Result<String> {
    scope.add_breadcrumb("looked on the shelf");
    std::fs::read_to_string("/var/lib/shop/stock.json").context("loading the stock")
}

async fn panics(scope: Scope) {
    scope.add_breadcrumb("looked for the last price");
    let prices: [u32; 0] = [];
    let index = prices.len();
    println!("{}", prices[index]);
}

/// The panic of another task, which `map_error` makes a 502.
async fn invoice() -> backstop::Result<()> {
    tokio::spawn(async { panic!("the printer is on fire") })
        .await
        .context("printing the invoice")
}

/// The head is sent, and then the body fails: the connection is reset, so that the client does not take it as complete.
async fn export() -> Body {
    let lines = ["id,name\n", "7,teapot\n", "the disk is on fire"];
    Body::from_stream(stream::iter(lines).then(|line| async move {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if line.ends_with('\n') {
            Ok(line)
        } else {
            Err(std::io::Error::other(line))
        }
    }))
}

/// A bare response that another server wrote. Its text is hidden, because it is a 5xx.
async fn supplier() -> (StatusCode, &'static str) {
    (
        StatusCode::BAD_GATEWAY,
        "upstream 10.0.0.7 refused: bad password",
    )
}

async fn start() -> ([(header::HeaderName, &'static str); 1], Html<&'static str>) {
    let page = Html(include_str!("demo.html"));
    ([(header::CACHE_CONTROL, "no-cache")], page)
}

fn port() -> Result<u16, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(3000),
        (Some("--port"), Some(port)) => Ok(port.parse()?),
        _ => Err("usage: demo [--port PORT]".into()),
    }
}
