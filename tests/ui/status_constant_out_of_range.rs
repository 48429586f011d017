use backstop::HttpError;
use http::StatusCode;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("shop")]
#[http(status = StatusCode::OK)]
struct ShopError;

fn main() {}
