//! What a panic means for the process: [`OnPanic`], the panic hook, and the child process that delivers what a
//! crash left behind.

#[expect(
    dead_code,
    reason = "the rooms that take callbacks adopt it one by one"
)]
pub(crate) mod callback;
pub(crate) mod catch;
pub(crate) mod record;

pub use crate::backstop::OnPanic;
pub use crate::process::{PanicHook, crash_child};
