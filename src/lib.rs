#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod backstop;
mod disclosure;
mod error;
mod formats;
pub mod layers;
mod negotiate;
#[cfg(feature = "reports")]
mod pipeline;
mod problem;
mod report;
#[cfg(feature = "reports")]
pub mod reporters;
mod request;
#[cfg(feature = "reports")]
pub mod testing;

#[cfg(feature = "axum")]
mod axum;

// The paved path.
#[cfg(feature = "reports")]
pub use self::backstop::Draft;
pub use self::backstop::{Backstop, Builder, ConfigError, ConfigErrorKind, ErrorEvent, IntoPage};
pub use self::error::{
    BoxError, Context, Error, Exposure, Failure, HttpError, Link, Origin, Place, Result, ResultExt,
};
pub use self::formats::Shape;
pub use self::layers::Passthrough;
pub use self::negotiate::Format;
#[cfg(feature = "reports")]
pub use self::pipeline::{Outcome, OutcomeEvent, Remaining, ReporterStats, Stats};
pub use self::problem::{Problem, ReservedName};
pub use self::report::{
    App, Breadcrumb, BreadcrumbKind, Device, FeatureFlag, Frame, LogLine, Mechanism, Report,
    ReportError, ReportRequest, ReportResponse, Severity, SourceLine, Thread, User,
};
pub use self::request::RequestFacts;

/// The traits whose methods are for everyday use: `use backstop::prelude::*;`.
pub mod prelude {
    pub use crate::{Context as _, HttpError as _, ResultExt as _};
}
