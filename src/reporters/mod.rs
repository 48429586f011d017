//! Where reports go: the trait [`Reporter`], the reporters that need nothing but this process, and tools for writing
//! more of them.
//!
//! Any number of reporters may be set, each with [`Builder::reporter`](crate::Builder::reporter). Every one gets every report, complete and
//! redacted, and none of them can delay another or a request.
//!
//! | reporter | delivers to |
//! |---|---|
//! | [`Tracing`] | one structured event of the application's log |
//! | [`Console`] | people at a terminal |
//! | [`Memory`] | tests |
//! | [`from_fn`] | whatever a closure does with a batch |
//!
//! The reporters for trackers are crates of their own: `backstop-sentry`, `backstop-opentelemetry`,
//! `backstop-bugsnag`, `backstop-airbrake`, `backstop-backtrace-io`.
#![cfg_attr(
    feature = "spool",
    doc = "\nA [`Spool`] keeps the backlog of any reporter on disk, so that reports survive the process."
)]
//!
//! # Writing a reporter
//!
//! Implement [`Reporter::deliver`], or give a closure to [`from_fn`]. Where the receiver limits the size of what it
//! takes, [`shrink_to`] leaves out of a report what explains least until it fits.

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
