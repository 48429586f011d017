use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    NoProduct(#[http(status = 404)] u32),
}

fn main() {}
