use backstop::HttpError;

#[derive(Debug, HttpError)]
#[http(status = 404)]
struct ShopError;

fn main() {}
