use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
enum ShopError {
    #[error("no product")]
    #[http(status = 404)]
    NoProduct {
        #[http(field)]
        id: u32,
        #[http(field = "id")]
        other: u32,
    },
}

fn main() {}
