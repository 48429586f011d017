#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod backstop;
mod disclosure;
mod error;
mod formats;
pub mod guide;
mod interop;
pub mod layers;
mod negotiate;
mod pipeline;
mod problem;
mod process;
mod report;
pub mod reporters;
mod request;
pub mod testing;

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "tracing-subscriber")]
pub mod tracing;

#[doc(hidden)]
pub mod __private;

// The paved path.
pub use self::backstop::{Backstop, Builder, ConfigError, ConfigErrorKind, ErrorEvent, IntoPage};
pub use self::backstop::{Draft, OnPanic};
pub use self::error::{
    BoxError, Context, Error, Exposure, Failure, HttpError, Link, Origin, SourceLocation, Result, ResultExt,
};
pub use self::formats::Shape;
#[cfg(feature = "sqlx")]
pub use self::interop::sqlx_status;
#[cfg(feature = "utoipa")]
pub use self::interop::utoipa;
pub use self::layers::Passthrough;
pub use self::negotiate::Format;
pub use self::pipeline::{OutcomeEvent, Remaining, ReporterStats, Stats};
pub use self::problem::{InvalidProblem, Problem, ProblemType, ReservedName};
pub use self::process::PanicHook;
pub use self::process::{crash_child, spawn};
pub use self::report::Outcome;
pub use self::report::{
    App, Breadcrumb, BreadcrumbKind, Contextualized, Device, FeatureFlag, Flatten, Frame, InScope,
    Intercept, LogLine, Mechanism, Report, ReportError, ReportRequest, ReportResponse, Reportable,
    Scalar, Scope, Scoped, Severity, SourceLine, Thread, User, contextualize, notify, unheard,
};
pub use self::request::RequestInfo;

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

/// The traits whose methods are for everyday use: `use backstop::prelude::*;`.
pub mod prelude {
    pub use crate::{Context as _, HttpError, InScope as _, Intercept as _, ResultExt as _};
}
