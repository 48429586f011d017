//! The path of a failure from the request to the reporters.
//!
//! ```text
//! request's thread:   filter → sample → rate limit → queue (bounded, never waits)
//! worker's thread:    assemble → symbolize → redact → hand to every reporter's backlog
//! reporter's thread:  backlog (bounded, in memory or on disk) → deliver → retry, circuit
//! ```
//!
//! Every captured report is accounted for: at any moment it is in exactly one of these stages, and it leaves the last
//! one with an [`Outcome`](crate::stats::Outcome) that is counted.

mod admission;
mod announcer;
mod backlog;
mod catch_unwind;
mod completion;
mod counters;
mod delivery_waiter;
mod handle;
mod listeners;
mod pipeline_state;
mod prepare;
mod queue;
mod rate_limit;
mod recursion;
mod redact;
mod registry;
mod reporter_state;
mod reporter_worker;
mod retry;
mod settings;
mod stats;
mod threads;
mod wait;
mod worker;

pub(crate) use self::delivery_waiter::DeliveryWaiter;
pub(crate) use self::handle::Pipeline;
pub(crate) use self::listeners::Listeners;
pub use self::listeners::OutcomeEvent;
pub(crate) use self::redact::redact;
pub(crate) use self::registry::{Pipelines, crash_timeout};
pub(crate) use self::settings::{Executor, Settings};
pub use self::settings::{QueueLimits, RateLimit};
pub use self::stats::{Remaining, ReporterStats, Stats};
