use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    NoProduct {
        #[http(fields)]
        id: u32,
    },
}

fn main() {}
