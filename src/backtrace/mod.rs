//! Where code is: source locations, and raw backtraces, which `symbols` resolves to frames.

mod capture;
mod location;

pub(crate) use self::capture::{Backtrace, CaptureInterest};
pub use self::location::SourceLocation;
