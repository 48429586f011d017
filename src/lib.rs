#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod backstop;
mod disclosure;
mod error;
mod formats;
mod interop;
pub mod layers;
mod negotiate;
mod problem;
mod request;

#[cfg(feature = "axum")]
mod axum;

#[doc(hidden)]
pub mod __private;

// The paved path.
pub use self::backstop::{Backstop, Builder, ConfigError, ConfigErrorKind, ErrorEvent, IntoPage};
pub use self::error::{
    BoxError, Context, Error, Exposure, Failure, HttpError, Link, Origin, Place, Result, ResultExt,
};
pub use self::formats::Shape;
#[cfg(feature = "sqlx")]
pub use self::interop::sqlx_status;
pub use self::layers::Passthrough;
pub use self::negotiate::Format;
pub use self::problem::{InvalidProblem, Problem, ProblemType, ReservedName};
pub use self::request::RequestFacts;

#[cfg(feature = "derive")]
pub use backstop_derive::HttpError;

/// The traits whose methods are for everyday use: `use backstop::prelude::*;`.
pub mod prelude {
    pub use crate::{Context as _, HttpError as _, ResultExt as _};
    #[cfg(feature = "derive")]
    pub use backstop_derive::HttpError;
}
