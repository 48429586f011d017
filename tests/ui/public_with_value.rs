use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(status = 404, public = true)]
    NoProduct,
}

fn main() {}
