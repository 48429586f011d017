//! What happens outside requests: panics of the whole process.

mod bare;
mod hook;

pub use self::hook::PanicHook;
