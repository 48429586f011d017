//! What the compiler says to mistakes; its words are those of rustc 1.95.
//!
//! `TRYBUILD=overwrite cargo test --test ui` writes them anew.

#![cfg(all(feature = "axum", feature = "derive"))]

#[test]
fn every_mistake_names_its_fix() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
