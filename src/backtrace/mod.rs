//! Where code is: source locations, raw backtraces, which `symbols` resolves to frames, and what development keeps of
//! where an error was created.

mod capture;
mod creation_trace;
mod location;

pub(crate) use self::capture::{Backtrace, CaptureInterest};
pub(crate) use self::creation_trace::{CreationTrace, LogicalTrace, ShownTraces};
pub use self::location::SourceLocation;
