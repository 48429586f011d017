#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod backstop;
mod backtrace;
mod development;
mod disclosure;
mod error;
mod formats;
pub mod guide;
mod identity;
mod json;
pub mod layers;
mod negotiate;
pub mod panics;
mod pipeline;
mod printable;
pub mod problem;
mod process;
pub mod report;
pub mod reporters;
mod request;
mod scope;
mod symbols;
pub mod testing;
mod text;

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "tracing-subscriber")]
pub mod tracing;
#[cfg(feature = "utoipa")]
pub mod utoipa;

#[doc(hidden)]
pub mod __private;

// The public API.
/// ```
/// use backstop::HttpError;
/// use http::StatusCode;
///
/// #[derive(Debug, thiserror::Error, HttpError)]
/// enum ShopError {
///     #[error("there is no product {id}")]
///     #[http(status = 404, code = "NO_PRODUCT")]
///     NoProduct { #[http(field)] id: u32 },
///     #[error("closed for the night")]
///     #[http(status = SERVICE_UNAVAILABLE, public)]
///     Closed { #[http(header = "retry-after")] seconds: u32 },
///     #[error(transparent)]
///     #[http(transparent)]
///     Storage(#[from] std::io::Error),
/// }
///
/// let error = ShopError::Closed { seconds: 3600 };
/// assert_eq!(error.status(), StatusCode::SERVICE_UNAVAILABLE);
/// assert_eq!(error.headers()["retry-after"], "3600");
/// ```
#[cfg(feature = "derive")]
pub use backstop_derive::HttpError;

pub use self::backstop::{Backstop, Builder, ConfigError, respond};
pub use self::error::{
    BoxError, Context, Error, Exposure, Failure, HttpError, Origin, Result, ResultExt,
};
pub use self::formats::Shape;
pub use self::negotiate::Format;
#[doc(inline)]
pub use self::problem::Problem;
pub use self::process::spawn;
#[doc(inline)]
pub use self::report::report::Report;
pub use self::request::RequestInfo;
pub use self::scope::{Scope, notify};

/// The traits for everyday use and the derive macro: `use backstop::prelude::*;`.
///
/// [`crate::Context`] is not among them, because anyhow's trait of that name has the same method; import it
/// with `use backstop::Context as _`.
pub mod prelude {
    pub use crate::scope::{InScope as _, Intercept as _};
    pub use crate::{HttpError, ResultExt as _};
}

/// The groups of settings that [`Builder`] takes, and the kinds of [`ConfigError`].
pub mod settings {
    pub use crate::backstop::{
        ConfigErrorKind, Disclosure, InApp, LogLevel, PanicSettings, Reporting,
    };
    pub use crate::formats::CustomShape;
    pub use crate::negotiate::Languages;
    pub use crate::pipeline::{QueueLimits, RateLimit};
}

/// Support for `sqlx` (feature `sqlx`).
#[cfg(feature = "sqlx")]
pub mod sqlx {
    pub use crate::error::sqlx_status as status;
}

/// The outcomes of reports: counters for each reporter, and the events that
/// [`on_outcome`](crate::settings::Reporting::on_outcome) callbacks receive. And how many clients disconnected.
pub mod stats {
    pub use crate::pipeline::{OutcomeEvent, Remaining, ReporterStats, Stats};
    pub use crate::report::dispatch::unreported_count;
    pub use crate::report::outcome::Outcome;
    pub use crate::request::Disconnects;
}
