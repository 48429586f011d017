//! What happens outside requests: panics of the whole process, and tasks.

mod bare;
mod crash_child;
mod hook;
mod last_chance;
mod noted;
mod run;
mod signal;
mod task;

pub use self::crash_child::crash_child;
pub use self::hook::PanicHook;
pub use self::task::spawn;
