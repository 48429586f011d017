//! Resolves addresses to frames, on the worker: the function, the file, the line, and the source around it.
//!
//! On Linux this uses neither the crate `backtrace` nor std, because both hold a process-wide lock while they resolve
//! addresses, and capturing a backtrace on the request path would wait for it. Other systems use `backtrace`. Only the
//! development page resolves a backtrace through std; which frames are the application's, and the source around them, it
//! takes from here.

#[cfg(all(feature = "frames", target_os = "linux"))]
mod debug_files;
#[cfg(all(feature = "frames", target_os = "linux"))]
mod elf;
#[cfg(all(feature = "frames", target_os = "linux"))]
mod files;
#[cfg(feature = "frames")]
mod known;
#[cfg(all(feature = "frames", target_os = "linux"))]
mod linux;
#[cfg(all(feature = "frames", target_os = "linux"))]
mod maps;
pub(crate) mod names;
#[cfg(all(feature = "frames", any(test, not(target_os = "linux"))))]
mod portable;
mod redact_frame;
#[cfg(feature = "frames")]
mod resolved;
mod settings;
pub(crate) mod source;
#[cfg(feature = "frames")]
mod symbolize;
mod symbolizer;

#[cfg(all(feature = "frames", target_os = "linux"))]
use self::linux as resolver;
#[cfg(all(feature = "frames", not(target_os = "linux")))]
use self::portable as resolver;
pub(crate) use self::redact_frame::redact_frame;
pub(crate) use self::settings::SymbolSettings;
pub(crate) use self::symbolizer::{Symbolized, Symbolizer};
