//! After a mistake, too, `no_response` leaves the response to a hand.

use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
#[http(no_response)]
enum ShopError {
    #[error("no product")]
    #[http(status = 200)]
    NoProduct,
}

impl axum::response::IntoResponse for ShopError {
    fn into_response(self) -> axum::response::Response {
        "mine".into_response()
    }
}

fn main() {}
