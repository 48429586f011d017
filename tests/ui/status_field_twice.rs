use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("upstream")]
    #[http(status = 502)]
    Upstream(#[http(status)] u16),
    #[error("both")]
    Both(#[http(status)] u16, #[http(status)] u16),
}

fn main() {}
