//! The way of a failure to those who should know, off the request's path.
//!
//! ```text
//! request's thread:  filter → sample → rate limit → queue (bounded, never waits)
//! worker's thread:   report made → symbolised → scrubbed → handed to every reporter's lane
//! reporters' threads: one lane each: backlog (bounded) → deliver → retry, circuit
//! ```
//!
//! What is captured is always accounted for: at any moment each report is in exactly one place, and leaves it
//! under an [`Outcome`](crate::stats::Outcome) that is counted.

mod circuit;
mod core;
mod entry;
mod gate;
mod handle;
mod keep;
mod lane;
mod limit;
mod outcome;
mod prepare;
mod queue;
mod random;
mod registry;
mod reporting;
mod scrub;
mod settings;
mod stats;
mod threads;
mod ticket;
mod watch;
mod work;

pub(crate) use self::handle::Pipeline;
pub(crate) use self::outcome::Listeners;
pub use self::outcome::OutcomeEvent;
pub(crate) use self::registry::{Pipelines, crash_timeout};
pub(crate) use self::settings::{Executor, Sample, Settings};
pub use self::stats::{Remaining, ReporterStats, Stats};
pub(crate) use self::ticket::DeliveryWaiter;
