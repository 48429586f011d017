//! Conversions from the errors of other crates, one file for each crate.
//!
//! The implementations are `do_not_recommend`, so that the compiler does not list them when an error type does not
//! implement [`HttpError`](super::HttpError): the list would not help, and would depend on the enabled features.

#[cfg(feature = "anyhow")]
mod anyhow;
#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "axum-extra")]
mod axum_extra;
mod common;
#[cfg(feature = "eyre")]
mod eyre;
#[cfg(feature = "garde")]
mod garde;
#[cfg(feature = "axum")]
mod hyper;
#[cfg(feature = "axum")]
mod rejected_fields;
#[cfg(feature = "axum")]
mod rejection;
#[cfg(any(feature = "anyhow", feature = "eyre"))]
mod report;
#[cfg(feature = "reqwest")]
mod reqwest;
#[cfg(feature = "axum")]
mod serde_message;
#[cfg(feature = "sqlx")]
mod sqlx;
#[cfg(feature = "validator")]
mod validator;

#[cfg(feature = "axum")]
pub(super) use self::rejected_fields::of_text as rejected_field;
#[cfg(feature = "sqlx")]
pub use self::sqlx::status as sqlx_status;
