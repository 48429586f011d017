//! `cargo run -- --port 3001`; `BACKSTOP_MODE=development` shows what production hides.

use std::net::SocketAddr;

use backstop::Backstop;
use library_api::{Limits, Store, guard, routes, settings};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt().init();
    let backstop = settings(Backstop::from_env()?).build()?;
    let store = Store::in_memory(Store::ACQUIRE_TIMEOUT).await?;
    let app = guard(routes(store), &backstop, &Limits::default());

    let listener = TcpListener::bind(("127.0.0.1", port()?)).await?;
    println!("The library is open at http://{}/", listener.local_addr()?);
    // With the addresses of clients, so that in development only those on this machine see details.
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, app)
        .with_graceful_shutdown(interrupted())
        .await?;
    Ok(())
}

/// Resolves on Ctrl-C; never if the process cannot listen for it.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

fn port() -> Result<u16, Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => Ok(3000),
        (Some("--port"), Some(port)) => Ok(port.parse()?),
        _ => Err("usage: library-api [--port PORT]".into()),
    }
}
