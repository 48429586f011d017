use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(status = 404)]
    NoProduct(#[http(field)] u32),
}

fn main() {}
