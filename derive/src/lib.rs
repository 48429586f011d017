//! `#[derive(HttpError)]`.
