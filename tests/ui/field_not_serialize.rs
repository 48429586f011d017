use backstop::HttpError;

#[derive(Debug)]
struct Secret;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("shop")]
struct ShopError(#[http(field = "secret")] Secret);

fn main() {}
