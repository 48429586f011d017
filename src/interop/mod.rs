//! What other crates' errors and values are to Backstop, each behind the feature of its name.

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
#[cfg(feature = "utoipa")]
pub mod utoipa;
#[cfg(feature = "validator")]
mod validator;

#[cfg(feature = "sqlx")]
pub use self::sqlx::sqlx_status;
