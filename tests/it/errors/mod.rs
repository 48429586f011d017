//! Errors and problems: what they carry, what becomes one, how they are derived and documented.

#[cfg(all(
    feature = "anyhow",
    feature = "derive",
    feature = "eyre",
    feature = "garde",
    feature = "sqlx",
    feature = "validator"
))]
mod app_errors;
mod boxed;
mod conversions;
#[cfg(feature = "derive")]
mod derive;
#[cfg(feature = "derive")]
pub mod derive_lints;
mod error;
#[cfg(all(feature = "anyhow", feature = "derive", feature = "eyre"))]
mod mapping;
#[cfg(all(feature = "derive", feature = "utoipa"))]
mod openapi;
mod problem;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "reqwest")]
mod upstream;
#[cfg(any(feature = "garde", feature = "validator"))]
mod validation;
