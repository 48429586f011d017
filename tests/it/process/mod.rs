//! Panics that no layer catches and the end of a process, each in a process of its own.

#[cfg(all(feature = "spool", unix))]
mod crashes;
#[cfg(all(feature = "reports", target_os = "linux"))]
mod dead_reporter;
#[cfg(all(feature = "reports", target_os = "linux"))]
mod many_panics;
#[cfg(feature = "reports")]
mod panic_hook;
#[cfg(feature = "reports")]
mod shutdown;
#[cfg(all(feature = "reports", unix))]
mod uncatchable;
