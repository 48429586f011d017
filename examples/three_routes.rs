//! Errors outside requests: `cargo run --example three_routes`, then ask <http://127.0.0.1:5555/error>.
//!
//! Three routes fail, each in another place, and the log on standard error tells of each:
//!
//! * `/error` fails in its handler. The layer answers it, and the report has the request: url and method.
//! * `/asyncerror` panics a moment later, in a task that was spawned bare. The client has its 200 by then, and nobody
//!   knows any more which request it was for: the report has the place and the stack, and says `scope  lost`. It is the
//!   panic hook that saw it.
//! * `/domainerror` panics in the same way, in a task that took the request's scope along. The report has the url, the
//!   method, the breadcrumbs and, under a line, where the task was spawned.
//!
//! In a process without a Backstop the first one is an empty 500, and the other two are a line on standard error at the
//! most. The server goes on after each: a panic ends its task, not the process.
//!
//! `--port 3001` takes another port. What Rust can catch at all stands in `backstop::guide`.

#![expect(
    clippy::panic,
    clippy::print_stdout,
    reason = "it shows what a panic becomes, and where it listens"
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
    // Panics that no layer catches are reported from here on, and all have their places.
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

/// Fails after its answer, where nothing knows of the request.
async fn async_error() -> &'static str {
    tokio::spawn(fail_later());
    "this request has succeeded\n"
}

/// Fails after its answer, and the scope has come along.
async fn domain_error(scope: Scope) -> &'static str {
    scope.add_breadcrumb("answered, and went on");
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
