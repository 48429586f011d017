//! placeholder
use axum::{Router, routing::get};
use backstop::{Backstop, Error, prelude::*};
use http::StatusCode;
#[tokio::main]
async fn main() {
    let backstop = Backstop::from_env()
        .unwrap()
        .on_error(|e| eprintln!("on_error {:?}", e.failure()))
        .build()
        .unwrap();
    let app = Router::new()
        .route("/", get(|| async { "hello" }))
        .route(
            "/err",
            get(|| async {
                Err::<(), _>(
                    Error::msg("no product 42")
                        .status(StatusCode::NOT_FOUND)
                        .code("NF"),
                )
            }),
        )
        .route(
            "/io",
            get(|| async {
                std::fs::read_to_string("/nope")
                    .context("reading s3cr3t")
                    .map(|_| ())
            }),
        )
        .route("/panic", get(|| async { panic!("s3cr3t") as () }))
        .route(
            "/q",
            get(|_: axum::extract::Query<Vec<(u32, u32)>>| async {}),
        )
        .layer(backstop.layer());
    let l = tokio::net::TcpListener::bind("127.0.0.1:3000")
        .await
        .unwrap();
    axum::serve(l, app).await.unwrap();
}
