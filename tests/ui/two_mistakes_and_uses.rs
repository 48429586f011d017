//! All mistakes are reported at once, and the code that uses the type causes no further errors.

use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(status = 200)]
    NoProduct,
    #[error("closed")]
    #[http(state = 503)]
    Closed,
}

async fn handler() -> Result<(), ShopError> {
    Err(ShopError::Closed)
}

fn used() -> backstop::Result<()> {
    Err(ShopError::NoProduct)?
}

fn main() {
    let _: axum::Router = axum::Router::new().route("/", axum::routing::get(handler));
    let _ = used();
}
