//! From addresses to frames, on the worker: function, file, crate, and the source lines around it.
//!
//! Neither the crate `backtrace` nor std does this, because both hold one lock for the whole process meanwhile, which
//! capturing a backtrace on the path of a request would wait for.

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
