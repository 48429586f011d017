//! What the owner is told: [`Report`], a failure with the story of its request, and [`Scope`], which
//! tells that story.
//!
//! On the request's path a failure is [`Event`]: handles are cloned, nothing is formatted. A [`EventSink`]
//! takes it; the worker behind it makes the [`Report`].

mod callback;
mod clear;
mod context;
mod device;
mod dispatch;
mod document;
mod event;
mod flatten;
mod grouping;
mod in_scope;
mod inner;
mod limits;
mod notify;
mod otel;
mod outcome;
mod parts;
mod record;
mod scope;
mod sink;
mod slot;
#[cfg_attr(
    not(feature = "tracing-subscriber"),
    expect(dead_code, reason = "only the tracing layer enters spans")
)]
pub(crate) mod span;
mod task;
mod trail;
mod uncaught;

pub use self::context::{Contextualized, contextualize};
pub use self::dispatch::unreported_count;
pub(crate) use self::dispatch::{Dispatch, ReportDefaults, count_unreported, process, set_process};
pub use self::document::{
    App, Breadcrumb, BreadcrumbKind, Device, FeatureFlag, Frame, LogLine, Mechanism, Report,
    ReportError, ReportRequest, ReportResponse, Severity, SourceLine, Thread, User,
};
pub(crate) use self::event::{Event, ScopeSnapshot};
pub use self::flatten::Flatten;
pub(crate) use self::grouping::{MAX_FINGERPRINT, bounded_fingerprint};
pub use self::in_scope::{InScope, Scoped};
#[cfg(feature = "tracing-subscriber")]
pub(crate) use self::limits::short as cut;
pub(crate) use self::notify::tell_owner;
pub use self::notify::{Intercept, Reportable, notify};
pub use self::outcome::Outcome;
pub use self::parts::Scalar;
pub use self::scope::Scope;
pub(crate) use self::sink::{EventSink, PanicObserver};
pub(crate) use self::slot::{CurrentScope, ScopeGuard};
pub(crate) use self::task::spawn;
pub(crate) use self::trail::{SPANS, SPAWNED_AT, TASK};
pub(crate) use self::uncaught::{UncaughtPanic, all_told, noted, told};
pub use crate::backstop::{Draft, ErrorEvent};
pub use crate::backtrace::SourceLocation;
pub use crate::error::Link;
