use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
#[http(respond)]
enum ShopError {
    #[error("no product")]
    NoProduct,
}

fn main() {}
