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

mod console;
mod fit;
#[cfg(feature = "spool")]
mod folder;
mod memory;
mod reporter;
#[cfg(feature = "spool")]
mod spool;
mod text;
mod tracing;

pub use self::console::Console;
pub use self::fit::{Rendered, fit};
pub use self::memory::Memory;
pub(crate) use self::reporter::{Boxed, DynReporter};
pub use self::reporter::{Delivery, Keeper, Reporter, Resumed};
#[cfg(feature = "spool")]
pub use self::spool::Spool;
pub use self::tracing::Tracing;
