//! Panics and the process: [`OnPanic`], the errors of the panic hook, the guard of `main`, and the child process that
//! delivers the reports that a crash left on disk.

pub(crate) mod callback;
pub(crate) mod catch;
pub(crate) mod depth;
pub(crate) mod hook_slot;
mod kept;
pub(crate) mod mark;
mod payload;
pub(crate) mod record;
pub(crate) mod stash;
pub(crate) mod thread;

pub use crate::backstop::OnPanic;
pub use crate::process::{MainGuard, PanicHookError, PanicHookErrorKind, crash_child};
