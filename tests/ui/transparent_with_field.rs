use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("shop")]
    #[http(transparent)]
    NoProduct(#[http(header = "x-id")] std::io::Error),
}

fn main() {}
