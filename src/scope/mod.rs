//! The scope of a request or a job: the handle with which the application records, what is current on a thread, and how
//! scopes are carried to tasks, threads and spans.

pub(crate) mod capture;
pub(crate) mod contextualize;
pub(crate) mod current;
pub(crate) mod guard;
pub(crate) mod in_scope;
pub(crate) mod notify;
mod record;
#[expect(
    clippy::module_inception,
    reason = "the room is named after its handle"
)]
pub(crate) mod scope;
pub(crate) mod scope_ref;
mod shared;
#[cfg(feature = "tracing-subscriber")]
pub(crate) mod span;
#[cfg(feature = "tracing-subscriber")]
pub(crate) mod span_stack;
pub(crate) mod spawn;
mod task;
pub(crate) mod uncaught;

pub(crate) use self::capture::{event, event_in, logical_trace, shown_event};
pub use self::contextualize::{ContextualizeFuture, contextualize};
pub(crate) use self::current::{
    dispatch as current_dispatch, request as current_request, scope_of_body,
};
pub(crate) use self::guard::ScopeGuard;
pub use self::in_scope::{InScope, InScopeFuture};
pub(crate) use self::notify::report_to;
pub use self::notify::{Intercept, Reportable, notify};
pub use self::scope::Scope;
pub(crate) use self::scope_ref::CurrentScope;
pub(crate) use self::spawn::spawn;
pub(crate) use self::uncaught::{UncaughtPanic, all_panics_reported, panic_noted, panic_reported};
