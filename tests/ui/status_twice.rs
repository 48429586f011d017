use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(status = 404)]
    #[http(status = 410)]
    NoProduct,
}

fn main() {}
