//! What happens outside requests: panics of the whole process, and tasks.

mod bare;
mod hook;
#[cfg(feature = "reports")]
mod task;

pub use self::hook::PanicHook;
#[cfg(feature = "reports")]
pub use self::task::spawn;
