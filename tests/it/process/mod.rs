//! Panics that no layer catches and the end of a process, each in a process of its own.

#[cfg(all(feature = "spool", unix))]
mod crashes;
#[cfg(target_os = "linux")]
mod dead_reporter;
#[cfg(target_os = "linux")]
mod many_panics;
mod panic_hook;
mod replaced_hook;
mod resumed_panics;
mod shutdown;
#[cfg(unix)]
mod uncatchable;
mod unguarded;
