use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(status = 404, code = "NO_PRODUCT")]
    NoProduct,
    #[error("gone")]
    #[http(status = 410, code = "NO_PRODUCT")]
    Gone,
}

fn main() {}
