use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(status = 503)]
    Closed {
        #[http(header)]
        seconds: u32,
    },
}

fn main() {}
