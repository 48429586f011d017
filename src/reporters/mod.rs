//! Where reports go: the trait [`Reporter`], the built-in reporters, and tools for writing your own.
//!
//! Add any number of reporters with [`Builder::reporter`](crate::Builder::reporter). Each receives every report,
//! complete and redacted, and none of them can delay another one or a request.
//!
//! | reporter | delivers to |
//! |---|---|
//! | [`Tracing`] | the application's log, as structured events |
//! | [`Console`] | a terminal, for people |
//! | [`Memory`] | memory, for tests |
//! | [`from_fn`] | a closure |
//!
//! The reporters for error trackers are separate crates: `backstop-sentry`, `backstop-opentelemetry`,
//! `backstop-bugsnag`, `backstop-airbrake`, `backstop-backtrace-io`.
#![cfg_attr(
    feature = "spool",
    doc = "\nA [`Spool`] keeps the backlog of any reporter on disk, so that reports survive the process."
)]
//!
//! # Writing a reporter
//!
//! Implement [`Reporter::deliver`], or pass a closure to [`from_fn`]. If the receiver limits the size of a report,
//! [`shrink_to`] leaves out the least useful parts until the report fits.

mod console;
mod delivery;
mod dyn_reporter;
mod from_fn;
mod into_reporter;
mod memory;
mod reporter;
mod shrink;
#[cfg(feature = "spool")]
mod spool;
mod terminal;
mod text;
mod tracing;
mod visit;

pub use self::console::Console;
pub use self::delivery::Delivery;
pub(crate) use self::dyn_reporter::{BoxFuture, DynReporter};
pub use self::from_fn::{FromFn, from_fn};
pub use self::into_reporter::IntoReporter;
pub(crate) use self::into_reporter::{ConfiguredReporter, SpoolSettings};
pub use self::memory::Memory;
pub use self::reporter::Reporter;
pub use self::shrink::{Rendered, shrink_to};
#[cfg(feature = "spool")]
pub use self::spool::Spool;
pub use self::tracing::Tracing;
