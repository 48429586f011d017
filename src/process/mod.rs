//! What happens outside requests: tasks, the panic hook, and the end of the process.
//!
//! ```text
//! a panic that no layer catches → hook → uncaught_thread → a report
//! the process ends because of it → hook or main_guard wait → crash_flush, on that thread → crash_child
//! ```

mod crash_child;
mod crash_flush;
mod hook;
mod main_guard;
mod shutdown;
mod spawn;
mod uncaught_thread;

pub use self::crash_child::crash_child;
pub use self::hook::{PanicHookError, PanicHookErrorKind};
pub use self::main_guard::MainGuard;
pub use self::spawn::spawn;
