use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("upstream")]
struct Upstream(#[http(status)] i64);

fn main() {}
