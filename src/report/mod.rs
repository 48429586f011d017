//! What the owner is told: [`Report`], a failure with the story of its request, and [`Scope`], which
//! tells that story.
//!
//! On the request's path a failure is [`Captured`]: handles are cloned, nothing is formatted. A [`Sink`]
//! takes it; the worker behind it makes the [`Report`].

mod captured;
mod clear;
mod context;
mod device;
mod document;
mod edit;
mod fingerprint;
mod flatten;
mod in_scope;
mod inner;
mod limits;
mod notify;
#[cfg_attr(not(feature = "tracing-opentelemetry"), path = "no_otel.rs")]
mod otel;
#[cfg(feature = "reports")]
mod outcome;
mod owner;
mod parts;
mod record;
mod scope;
mod sink;
mod slot;
#[cfg_attr(not(feature = "tracing-subscriber"), path = "no_span.rs")]
pub(crate) mod span;
#[cfg(feature = "reports")]
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
#[cfg(feature = "reports")]
pub use self::outcome::Outcome;
pub use self::owner::unheard;
pub use self::parts::Scalar;
pub use self::scope::Scope;

#[cfg(feature = "tracing-subscriber")]
pub(crate) use self::limits::short as cut;

pub(crate) use self::captured::{Captured, Story};
#[cfg(any(feature = "_http", feature = "opentelemetry"))]
pub(crate) use self::fingerprint::MAX_FINGERPRINT;
#[cfg(feature = "reports")]
pub(crate) use self::fingerprint::bounded_fingerprint;
pub(crate) use self::notify::tell_owner;
pub(crate) use self::owner::{Defaults, Owner, count_unheard, process, set_process};
pub(crate) use self::sink::{Alarm, Sink};
pub(crate) use self::slot::{Bound, Slot, has_slot};
#[cfg(feature = "reports")]
pub(crate) use self::task::spawn;
#[cfg(feature = "reports")]
pub(crate) use self::trail::{SPANS, SPAWNED_AT, TASK};
#[cfg(feature = "reports")]
pub(crate) use self::uncaught::all_told;
pub(crate) use self::uncaught::{Uncaught, noted, told};
