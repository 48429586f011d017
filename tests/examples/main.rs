//! Examples, started as processes. `cargo test` builds them, too.

mod demo;
mod example;
mod three_routes;
