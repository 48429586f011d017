//! Which format a client is answered in: RFC 9110, section 12, made total.
//!
//! The quality of a format comes from the most specific range of `Accept` that matches it; the highest
//! quality wins, then the more specific range, then the range that stands first, then the order in which
//! the formats are offered (the default format first). What can't be read is skipped; what matches
//! nothing is answered in the default format. An error is never turned into a 406.

mod accept;
mod format;
mod pick;

pub use self::format::Format;
pub(crate) use self::pick::Offers;
