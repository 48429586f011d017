//! Conversions from the errors of other crates, one file for each crate.

#[cfg(feature = "anyhow")]
mod anyhow;
#[cfg(feature = "eyre")]
mod eyre;
#[cfg(feature = "garde")]
mod garde;
#[cfg(any(feature = "garde", feature = "validator"))]
mod pointer;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "sqlx")]
mod sqlx;
mod std;
#[cfg(feature = "validator")]
mod validator;
mod wrapped;

#[cfg(feature = "sqlx")]
pub use self::sqlx::sqlx_status;
