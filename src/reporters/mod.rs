//! Where reports go: [`Reporter`], and those that need nothing but this machine.
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

#[cfg(feature = "airbrake")]
mod airbrake;
#[cfg(feature = "backtrace-io")]
mod backtrace_io;
#[cfg(feature = "bugsnag")]
mod bugsnag;
mod console;
#[cfg(feature = "spool")]
mod folder;
#[cfg(feature = "_http")]
mod http;
mod memory;
mod reporter;
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
pub use self::reporter::{Delivery, Reporter, Resumed};
#[cfg(feature = "spool")]
pub use self::spool::Spool;
pub use self::tracing::Tracing;

pub(crate) use self::reporter::{Boxed, DynReporter};
