//! Errors and problems: what they carry, what becomes one, how they are derived and documented.

mod boxed;
#[cfg(feature = "derive")]
mod derive;
#[cfg(feature = "derive")]
pub mod derive_lints;
mod error;
#[cfg(all(feature = "derive", feature = "utoipa"))]
mod openapi;
mod problem;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "reqwest")]
mod upstream;
#[cfg(any(feature = "garde", feature = "validator"))]
mod validation;
