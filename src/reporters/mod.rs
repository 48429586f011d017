//! Where reports go: [`Reporter`], those that need nothing but this machine, and those that send over the network.
//!
//! A report that reaches a reporter is complete and scrubbed. Any number of reporters may be set, each with
//! [`Builder::reporter`](crate::Builder::reporter); none of them can hold up another, or a request.
//!
//! | reporter | delivers to |
//! |---|---|
//! | [`Tracing`] | one structured event of the application's log |
//! | [`Console`] | people at a terminal |
//! | [`Memory`] | tests |
#![cfg_attr(
    feature = "spool",
    doc = "| [`Spool`] | a folder, and from there to another reporter |"
)]
#![cfg_attr(feature = "airbrake", doc = "| [`Airbrake`] | Airbrake, Errbit |")]
#![cfg_attr(feature = "backtrace-io", doc = "| [`BacktraceIo`] | backtrace.io |")]
#![cfg_attr(feature = "bugsnag", doc = "| [`Bugsnag`] | Bugsnag |")]
#![cfg_attr(
    feature = "opentelemetry",
    doc = "| [`OpenTelemetry`] | the application's own OpenTelemetry provider, and through a collector any store |"
)]
#![cfg_attr(
    feature = "_http",
    doc = "
Those that send over the network verify certificates always (`root_certificate` trusts one authority more), follow no
redirect and take proxies from the environment (`HTTPS_PROXY`, `NO_PROXY`). Any 2xx is delivered; no answer within the
timeout, 408, 420, 425, 429 and 5xx are tried again, when the receiver says so if it does; all else is rejected. A report
that is too large is made smaller until it fits, and says what went. Keys and tokens are in no `Debug`, error or log."
)]

#[cfg(feature = "airbrake")]
mod airbrake;
#[cfg(feature = "backtrace-io")]
mod backtrace_io;
#[cfg(feature = "bugsnag")]
mod bugsnag;
mod console;
#[cfg(any(feature = "_http", feature = "opentelemetry"))]
mod fit;
#[cfg(feature = "spool")]
mod folder;
#[cfg(feature = "_http")]
mod http;
mod memory;
#[cfg(feature = "opentelemetry")]
mod opentelemetry;
mod reporter;
#[cfg(feature = "sentry")]
mod sentry;
#[cfg(feature = "spool")]
mod spool;
mod text;
mod tracing;

#[cfg(feature = "airbrake")]
pub use self::airbrake::Airbrake;
#[cfg(feature = "backtrace-io")]
pub use self::backtrace_io::BacktraceIo;
#[cfg(feature = "bugsnag")]
pub use self::bugsnag::Bugsnag;
pub use self::console::Console;
pub use self::memory::Memory;
#[cfg(feature = "opentelemetry")]
pub use self::opentelemetry::OpenTelemetry;
pub use self::reporter::{Delivery, Keeper, Reporter, Resumed};
#[cfg(feature = "sentry")]
pub use self::sentry::{Sentry, SentryClient};
#[cfg(feature = "spool")]
pub use self::spool::Spool;
pub use self::tracing::Tracing;

pub(crate) use self::reporter::{Boxed, DynReporter};
