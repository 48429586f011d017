//! From addresses to frames, on the worker: which function, in which file, whose, and the source around it.
//!
//! Neither the crate `backtrace` nor std resolves here: both hold one lock for the whole process while they do,
//! and taking a stack waits for it.

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
