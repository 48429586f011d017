use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error(transparent)]
    #[http(transparent, status = 404)]
    NoProduct(std::io::Error),
}

fn main() {}
