//! Failures outside requests: `cargo run --example three_routes`, then open <http://127.0.0.1:5555/error>.
//!
//! Three routes fail, each in another way. The log on standard error shows the report of each:
//!
//! * `/error` fails in its handler. The layer responds, and the report contains the request.
//! * `/asyncerror` panics a moment later, in a task that was spawned without a scope. The client has its 200 by then, and
//!   the request is unknown: the report contains the source location and the frames, and says `scope  unknown`. Only the
//!   panic hook can report it.
//! * `/domainerror` panics in the same way, in a task that was spawned in the request's scope. The report contains the
//!   request, its breadcrumbs, and where the task was spawned.
//!
//! In a process without Backstop the first one is an empty 500, and the other two are at most a line on standard error.
//! The server keeps running after each: a panic ends its task, not the process.
//!
//! `--port 3001` chooses another port. `backstop::guide` says which failures Rust can catch at all.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "an example panics, and prints where it listens"
)]

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use backstop::reporters::Console;
use backstop::{Backstop, Context as _, Scope};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let backstop = Backstop::production()
        .app("three routes", env!("CARGO_PKG_VERSION"))
        .reporter(Console::new())
        .build()?;
    // From here on, panics that no layer catches are reported, and all have their source locations.
    backstop.install_panic_hook()?;

    let app = Router::new()
        .route("/error", get(error))
        .route("/asyncerror", get(async_error))
        .route("/domainerror", get(domain_error))
        .layer(backstop.layer());
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port()?)).await?;
    println!("Listening at http://{}/", listener.local_addr()?);
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app).await?;
    Ok(())
}

/// Fails in the handler.
async fn error() -> backstop::Result<String> {
    std::fs::read_to_string("/no/such/file").context("reading the orders")
}

/// Fails after its response, in a task that does not know the request.
async fn async_error() -> &'static str {
    tokio::spawn(fail_later());
    "this request has succeeded\n"
}

/// Fails after its response, in a task that runs in the scope of the request.
async fn domain_error(scope: Scope) -> &'static str {
    scope.add_breadcrumb("responded, and went on");
    scope.spawn(fail_later());
    "this request has succeeded\n"
}

async fn fail_later() {
    tokio::time::sleep(Duration::from_millis(10)).await;
    panic!("an error from the event loop");
}

fn port() -> Result<u16, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(5555),
        (Some("--port"), Some(port)) => Ok(port.parse()?),
        _ => Err("usage: three_routes [--port PORT]".into()),
    }
}
