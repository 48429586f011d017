use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("closed")]
    #[http(status = 503, header("retry after") = "60")]
    Closed,
    #[error("gone")]
    #[http(status = 410, header("x-note") = "gone\nfor good")]
    Gone,
}

fn main() {}
