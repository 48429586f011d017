use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("who are you?")]
    #[http(status = 401, header = "www-authenticate")]
    Unknown,
    #[error("come again")]
    #[http(status = 401, header("www-authenticate"))]
    Expired,
    #[error("not you")]
    #[http(status = 401, header(realm) = "Bearer")]
    Banned,
}

fn main() {}
