use axum::response::{IntoResponse, Response};
use backstop::HttpError;

#[derive(Debug, thiserror::Error, HttpError)]
#[error("closed")]
struct Closed;

impl IntoResponse for Closed {
    fn into_response(self) -> Response {
        backstop::respond(self)
    }
}

fn main() {}
