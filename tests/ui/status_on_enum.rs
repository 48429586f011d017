use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
#[http(status = 404)]
enum ShopError {
    #[error("no product")]
    NoProduct,
}

fn main() {}
