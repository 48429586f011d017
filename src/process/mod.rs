//! What happens outside requests: panics of the whole process, and tasks.

mod bare;
#[cfg(feature = "reports")]
mod crash_child;
mod hook;
#[cfg_attr(not(feature = "reports"), path = "no_last_chance.rs")]
mod last_chance;
mod noted;
#[cfg(feature = "reports")]
mod run;
#[cfg(feature = "reports")]
mod signal;
#[cfg(feature = "reports")]
mod task;

#[cfg(feature = "reports")]
pub use self::crash_child::crash_child;
pub use self::hook::PanicHook;
#[cfg(feature = "reports")]
pub use self::task::spawn;
