//! Resolves addresses to frames, on the worker: the function, the file, the line, and the source around it.
//!
//! This uses neither the crate `backtrace` nor std, because both hold a process-wide lock while they resolve addresses,
//! and capturing a backtrace on the request path would wait for it.

#[cfg(feature = "frames")]
mod files;
#[cfg(feature = "frames")]
mod maps;
#[cfg(feature = "frames")]
mod names;
mod settings;
#[cfg(feature = "frames")]
mod source;
#[cfg(feature = "frames")]
mod symbolize;
#[cfg(feature = "frames")]
mod table;

pub(crate) use self::settings::SymbolSettings;
#[cfg(feature = "frames")]
pub(crate) use self::symbolize::{symbolize, symbolize_within};
