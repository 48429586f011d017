#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod backstop;
mod disclosure;
mod error;
mod formats;
pub mod layers;
mod negotiate;
mod problem;
mod report;
mod request;

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "tracing-subscriber")]
pub mod tracing;

// The paved path.
pub use self::backstop::{Backstop, Builder, ConfigError, ConfigErrorKind, ErrorEvent, IntoPage};
pub use self::error::{
    BoxError, Context, Error, Exposure, Failure, HttpError, Link, Origin, Place, Result, ResultExt,
};
pub use self::formats::Shape;
pub use self::layers::Passthrough;
pub use self::negotiate::Format;
pub use self::problem::{Problem, ReservedName};
pub use self::report::{
    App, Breadcrumb, BreadcrumbKind, Contextualized, Device, FeatureFlag, Flatten, Frame, InScope,
    Intercept, LogLine, Mechanism, Report, ReportError, ReportRequest, ReportResponse, Reportable,
    Scalar, Scope, Scoped, Severity, SourceLine, Thread, User, contextualize, notify, unheard,
};
pub use self::request::RequestFacts;

/// The traits whose methods are for everyday use: `use backstop::prelude::*;`.
pub mod prelude {
    pub use crate::{Context as _, HttpError, InScope as _, Intercept as _, ResultExt as _};
}
