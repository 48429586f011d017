//! What is reported: the parts of a [`Report`](crate::Report), and the ways to report something by hand.
//!
//! A failure becomes a report in three steps. On the request path, Backstop creates an event: handles to the failure,
//! the request and what the request's [`Scope`](crate::Scope) has recorded. A worker then builds the report from it,
//! runs the [`on_report`](crate::Scope::on_report) callbacks and redacts sensitive values. Finally, each
//! [reporter](crate::reporters) delivers the report.
//!
//! | to report | use |
//! | --- | --- |
//! | an error that a handler returns, a panic, a failed body | nothing: the layer reports it |
//! | an error that the application recovers from | [`notify`](crate::notify()) or [`intercept`](Intercept::intercept) |
//! | an error that ends a background task | [`spawn`](crate::spawn) |
//! | an error, and wait until it is delivered | [`Backstop::draft`](crate::Backstop::draft) |
//!
//! ```
//! use backstop::report::{Breadcrumb, BreadcrumbKind, Intercept as _};
//! use backstop::{Scope, notify};
//!
//! let scope = Scope::current();
//! scope.add_breadcrumb(Breadcrumb::new("read the settings").with_kind(BreadcrumbKind::State));
//!
//! // Reported, and the application continues with the default.
//! let port: u16 = "eighty".parse().intercept().unwrap_or(80);
//! if let Err(error) = std::fs::read("/no/such/file") {
//!     notify(&error);
//! }
//! # assert_eq!(port, 80);
//! ```

pub(crate) mod assemble;
pub(crate) mod breadcrumb;
pub(crate) mod callback;
pub(crate) mod debug_image;
pub(crate) mod defaults;
pub(crate) mod dispatch;
pub(crate) mod environment;
pub(crate) mod error_event;
pub(crate) mod event;
pub(crate) mod feature_flag;
pub(crate) mod fingerprint;
pub(crate) mod flatten;
pub(crate) mod frame;
mod limits;
mod merge_scope;
pub(crate) mod outcome;
#[expect(clippy::module_inception, reason = "the room is named after its data")]
pub(crate) mod report;
pub(crate) mod report_error;
pub(crate) mod request_parts;
pub(crate) mod scalar;
pub(crate) mod scope_data;
pub(crate) mod severity;
mod size;
mod source_file;
pub(crate) mod spawn_trace;
pub(crate) mod text_template;

pub(crate) mod user;

pub use self::breadcrumb::{Breadcrumb, BreadcrumbKind, LogLine};
pub use self::debug_image::DebugImage;
pub use self::environment::{App, Device, Thread};
pub use self::error_event::ErrorEvent;
pub use self::feature_flag::FeatureFlag;
pub use self::flatten::Flatten;
pub use self::frame::{Frame, SourceLine};
pub use self::report_error::ReportError;
pub use self::request_parts::{ReportRequest, ReportResponse};
pub use self::scalar::Scalar;
pub use self::severity::Severity;
pub use self::user::User;
pub use crate::backstop::Draft;
pub use crate::backtrace::SourceLocation;
pub use crate::error::Link;
pub use crate::scope::{
    ContextualizeFuture, InScope, InScopeFuture, Intercept, Reportable, contextualize,
};
