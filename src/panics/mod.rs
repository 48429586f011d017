//! What a panic means for the process: [`OnPanic`], the panic hook, and the child process that delivers what a
//! crash left behind.

pub(crate) mod callback;
pub(crate) mod catch;
pub(crate) mod depth;
mod payload;
pub(crate) mod record;
pub(crate) mod stash;

pub use crate::backstop::OnPanic;
pub use crate::process::{PanicHook, crash_child};
