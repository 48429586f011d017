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

#[cfg(feature = "frames")]
mod backtrace;
mod caught;
mod chain;
mod convert;
mod ext;
mod failure;
mod headers;
mod http_error;
mod id;
mod inner;
mod known;
mod notice;
mod panics;
mod place;
mod report;
mod returned;
mod status;
mod travel;

#[cfg(not(feature = "frames"))]
#[path = "no_backtrace.rs"]
mod backtrace;

pub use self::chain::Link;
pub use self::ext::{Context, ResultExt};
pub use self::failure::{Failure, Origin};
pub use self::http_error::{Exposure, HttpError};
pub use self::place::Place;
pub use self::returned::Error;

pub(crate) use self::backtrace::{Backtrace, Wish};
pub(crate) use self::caught::{caught, discard};
#[cfg(any(feature = "anyhow", feature = "eyre"))]
pub(crate) use self::chain::MAX_LINKS;
pub(crate) use self::chain::shown;
pub(crate) use self::id::made_at;
#[cfg(feature = "spool")]
pub(crate) use self::id::new_id;
pub(crate) use self::inner::{Inner, MANY};
#[cfg(feature = "reports")]
pub(crate) use self::panics::passing;
pub(crate) use self::panics::{
    Catching, CatchingAloud, Panic, is_answered, never_caught, record, take,
};
pub(crate) use self::status::StatusMap;
pub(crate) use self::travel::{Answered, Carrier, Told, Traveller, respond, service_error};

/// What a fallible handler returns: `Result<T, backstop::Error>`.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of any type, as tower's services return it.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;
