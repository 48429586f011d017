//! The page for developers: the failing line first, then the cause chain, the backtrace, the request, and what was
//! recorded. It reads without its script, which only adds search, copying, keys and the choice of a theme.

mod backtrace;
pub(super) mod document;
mod head;
mod sections;
mod writer;
