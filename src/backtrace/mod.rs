//! Where code is: source locations, and the raw backtraces that [`symbols`](crate) turns into frames.

mod capture;
mod location;

pub(crate) use self::capture::{Backtrace, CaptureInterest};
pub use self::location::SourceLocation;
