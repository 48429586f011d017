//! The derived code is quiet under every lint that its users may set.

#![deny(
    warnings,
    missing_docs,
    missing_debug_implementations,
    rust_2018_idioms,
    single_use_lifetimes,
    trivial_casts,
    unreachable_pub,
    unused_qualifications,
    unused_results,
    variant_size_differences,
    clippy::all,
    clippy::allow_attributes,
    clippy::allow_attributes_without_reason,
    clippy::nursery,
    clippy::panic,
    clippy::pedantic,
    clippy::str_to_string,
    clippy::unwrap_used
)]

use std::fmt;

use backstop::HttpError;
use http::StatusCode;

/// Every attribute once.
#[non_exhaustive]
#[derive(Debug, HttpError)]
pub enum Strict<'a, T> {
    /// Facts.
    #[http(
        status = 404,
        code = "A",
        title = "A",
        detail = "A",
        type = "tag:a",
        name = "A",
        public
    )]
    A {
        /// A field.
        #[http(field = "kind", header = "x-id")]
        r#type: u8,
        /// None of the derive's business.
        rest: T,
    },
    /// The same facts again, which is no business of `match_same_arms`.
    #[http(status = StatusCode::NOT_FOUND, private)]
    B(
        #[http(field = "first", header = "x-first")] Option<u8>,
        &'a str,
    ),
    /// Handed on.
    #[http(transparent)]
    C(std::io::Error),
    /// Nothing.
    D,
    /// Old.
    #[deprecated]
    #[http(status = 410)]
    E,
}

impl<T> fmt::Display for Strict<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("strict")
    }
}

impl<T: fmt::Debug> std::error::Error for Strict<'_, T> {}

/// A struct without anything.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, HttpError)]
#[http(status = NOT_FOUND)]
pub struct Unit;

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unit")
    }
}

impl std::error::Error for Unit {}

#[derive(Debug, HttpError)]
#[http(status = 400)]
struct Hidden;

impl fmt::Display for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("hidden")
    }
}

impl std::error::Error for Hidden {}

/// Over a private type.
#[non_exhaustive]
#[derive(Debug, HttpError)]
#[http(transparent)]
pub struct Over(Hidden);

impl fmt::Display for Over {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Over {}

#[test]
fn the_derived_code_is_quiet_under_strict_lints() {
    assert_eq!(Unit.status(), StatusCode::NOT_FOUND);
    assert_eq!(Over(Hidden).status(), StatusCode::BAD_REQUEST);
    assert_eq!(Strict::<u8>::D.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
