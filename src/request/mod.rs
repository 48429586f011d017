//! What Backstop remembers of a request: enough to answer its failure and to tell its owner, taken
//! before the handler consumes it.

mod facts;
mod host;
mod trace;

pub use self::facts::RequestInfo;
pub(crate) use self::facts::Wanted;
pub(crate) use self::host::is_loopback_address;
