//! Examples, started as processes. They lie beside the tests; `cargo test` builds both.

mod demo;
mod three_routes;
