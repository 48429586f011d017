//! What failed: [`Error`], which handlers return; [`HttpError`], with which an error type declares its response; and
//! [`Failure`], the snapshot that callbacks, logs and reports receive.
//!
//! An error determines five things about its response: the status, what clients may read (a code, a title, a detail,
//! details), fields for reports, headers, and whether it is public or private. What it does not declare is inferred,
//! always on the safe side: an unknown error is a 500, and a text that was not written for clients stays on the server.
//!
//! ```
//! use backstop::{Error, prelude::*};
//! use http::StatusCode;
//!
//! fn port(text: &str) -> backstop::Result<u16> {
//!     // Says what a foreign error means here. Its own text stays hidden from clients.
//!     let port: u16 = text.parse().or_status(StatusCode::BAD_REQUEST)?;
//!     if port < 1024 {
//!         return Err(Error::conflict("the port is reserved").with_code("RESERVED"));
//!     }
//!     Ok(port)
//! }
//!
//! assert_eq!(port("80").unwrap_err().to_string(), "the port is reserved");
//! ```

mod accessors;
mod bare_response;
mod cause;
mod chain;
mod constructors;
mod declared;
mod delegate;
mod exposure;
mod extension;
mod failing;
mod failure;
mod foreign;
mod grouping;
mod grouping_part;
mod handler_error;
mod headers;
mod http_error;
mod inherit;
mod items;
mod link;
mod object;
mod origin;
mod overrides;
mod recognized;
mod repr;
mod response;
mod result_ext;
mod status;
mod status_and_problem;
mod std_error;
mod tower_errors;
mod transparent;
mod transport_errors;

pub(crate) use self::cause::MANY;
pub(crate) use self::declared::declared;
pub use self::exposure::Exposure;
pub(crate) use self::extension::{FailureExtension, RenderedMark, ReportedBy};
pub use self::failing::{Absent, Converted, Failed, Fails, Foreign, Standard};
pub use self::failure::Failure;
#[cfg(feature = "sqlx")]
pub use self::foreign::sqlx_status;
pub(crate) use self::grouping_part::GroupingPart;
pub use self::handler_error::{Error, Result};
pub(crate) use self::headers::{MAX_NAMES, describes_body};
pub use self::http_error::{Forwarded, HttpError};
pub use self::link::Link;
pub(crate) use self::object::{ErrorObject, service_error};
pub use self::origin::Origin;
pub(crate) use self::recognized::recognized;
pub(crate) use self::repr::Repr;
pub(crate) use self::response::layerless_response;
pub use self::result_ext::{Context, ResultExt};
pub(crate) use self::status::StatusMap;
pub use self::std_error::BoxError;
pub(crate) use self::std_error::display;
pub use self::transparent::{AsDynError, Facts, Forwards, Transparent};
