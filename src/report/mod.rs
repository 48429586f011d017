//! What the owner is told: [`Report`], a failure with the story of its request.

#[cfg(feature = "reports")]
mod captured;
mod report;
#[cfg(feature = "reports")]
mod sink;

pub use self::report::{
    App, Breadcrumb, BreadcrumbKind, Device, FeatureFlag, Frame, LogLine, Mechanism, Report,
    ReportError, ReportRequest, ReportResponse, Severity, SourceLine, Thread, User,
};

#[cfg(feature = "reports")]
pub(crate) use self::captured::Captured;
#[cfg(feature = "reports")]
pub(crate) use self::sink::Sink;
