//! What the owner is told: [`Report`], a failure with the story of its request, and [`Scope`], which
//! tells that story.
//!
//! On the request's path a failure is [`Event`]: handles are cloned, nothing is formatted. A [`EventSink`]
//! takes it; the worker behind it makes the [`Report`].

mod event;
mod clear;
mod context;
mod device;
mod document;
mod callback;
mod grouping;
mod flatten;
mod in_scope;
mod inner;
mod limits;
mod notify;
mod otel;
mod outcome;
mod dispatch;
mod parts;
mod record;
mod scope;
mod sink;
mod slot;
pub(crate) mod span;
mod task;
mod trail;
mod uncaught;

pub use self::context::{Contextualized, contextualize};
pub use self::document::{
    App, Breadcrumb, BreadcrumbKind, Device, FeatureFlag, Frame, LogLine, Mechanism, Report,
    ReportError, ReportRequest, ReportResponse, Severity, SourceLine, Thread, User,
};
pub use self::flatten::Flatten;
pub use self::in_scope::{InScope, Scoped};
pub use self::notify::{Intercept, Reportable, notify};
pub use self::outcome::Outcome;
pub use self::dispatch::unheard;
pub use self::parts::Scalar;
pub use self::scope::Scope;

#[cfg(feature = "tracing-subscriber")]
pub(crate) use self::limits::short as cut;

pub(crate) use self::event::{Event, ScopeSnapshot};
pub(crate) use self::grouping::MAX_FINGERPRINT;
pub(crate) use self::grouping::bounded_fingerprint;
pub(crate) use self::notify::tell_owner;
pub(crate) use self::dispatch::{ReportDefaults, Dispatch, count_unheard, process, set_process};
pub(crate) use self::sink::{PanicObserver, EventSink};
pub(crate) use self::slot::{ScopeGuard, CurrentScope};
pub(crate) use self::task::spawn;
pub(crate) use self::trail::{SPANS, SPAWNED_AT, TASK};
pub(crate) use self::uncaught::all_told;
pub(crate) use self::uncaught::{UncaughtPanic, noted, told};
