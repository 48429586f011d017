use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(field)]
    NoProduct,
}

fn main() {}
