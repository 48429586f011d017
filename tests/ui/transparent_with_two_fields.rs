use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("shop")]
#[http(transparent)]
struct ShopError(std::io::Error, u32);

fn main() {}
