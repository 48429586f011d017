use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(state = 404)]
    NoProduct,
}

fn main() {}
