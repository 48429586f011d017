//! Content negotiation: chooses the format of an error response (RFC 9110, section 12), without ever failing.
//!
//! 1. The quality of a format is that of the most specific range in `Accept` that matches it: its type, its type with a
//!    parameter that the format does not have (`charset=utf-8` is none), `type/*`, `*/*`.
//! 2. The format of the highest quality wins; among equals the one matched by the more specific range, then the
//!    one whose range comes first, then the one that the server offers first.
//! 3. A range that cannot be parsed is skipped.
//! 4. If nothing matches, `application/vnd.x+json` and the like get the same syntax. Everything else gets the default
//!    format or, if the client refuses it with `q=0`, the first format that it does not refuse. An error never becomes
//!    a 406.

mod accept;
mod format;
mod languages;
mod offers;

pub(crate) use self::accept::asks_for_all;
pub use self::format::Format;
pub use self::languages::Languages;
pub(crate) use self::offers::Offers;
