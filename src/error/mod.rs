//! What failed: [`Error`], which handlers return, [`HttpError`], by which an error says how it
//! answers, and [`Failure`], the snapshot that travels from the place of the failure to its answer.
//!
//! An error says five things about its answer: a status, what the client may read of it (a code, a
//! title, a detail, details), fields for the owner, headers, and whether it is public or private.
//! What is not said is inferred, always to the safe side: an unknown error is a 500, and the text of
//! an error that was not written for clients stays on the server.
//!
//! ```
//! use backstop::{Error, prelude::*};
//! use http::StatusCode;
//!
//! fn port(text: &str) -> backstop::Result<u16> {
//!     // A foreign error says here what it means; its own text stays hidden from the client.
//!     let port: u16 = text.parse().or_status(StatusCode::BAD_REQUEST)?;
//!     if port < 1024 {
//!         return Err(Error::msg("the port is reserved").status(StatusCode::CONFLICT).code("RESERVED"));
//!     }
//!     Ok(port)
//! }
//!
//! assert_eq!(port("80").unwrap_err().to_string(), "the port is reserved");
//! ```

mod chain;
mod failure;
mod foreign;
mod handler_error;
mod headers;
mod http_error;
mod origin;
mod repr;
mod response;
mod result_ext;
mod status;
mod well_known;

pub use self::chain::Link;
#[cfg(any(feature = "anyhow", feature = "eyre"))]
pub(crate) use self::chain::MAX_LINKS;
pub(crate) use self::chain::shown;
pub use self::failure::Failure;
#[cfg(feature = "sqlx")]
pub use self::foreign::sqlx_status;
pub use self::handler_error::Error;
pub use self::http_error::{Exposure, HttpError};
pub use self::origin::Origin;
pub(crate) use self::repr::{MANY, Repr};
pub(crate) use self::response::{
    ErrorObject, FailureExtension, RenderedMark, ReportedBy, respond, service_error,
};
pub use self::result_ext::{Context, ResultExt};
pub(crate) use self::status::StatusMap;

/// What a fallible handler returns: `Result<T, backstop::Error>`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of any type, as tower's services return it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
