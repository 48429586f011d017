//! Examples, started as processes. They lie beside the tests; `cargo test` builds both.

mod demo;
#[cfg(feature = "reports")]
mod three_routes;
