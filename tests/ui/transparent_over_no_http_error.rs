use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error(transparent)]
    #[http(transparent)]
    NoNumber(std::num::ParseIntError),
}

fn main() {}
