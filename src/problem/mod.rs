//! RFC 9457 as a value: [`Problem`], the document that an error is told in.

mod depth;
mod members;
mod phrase;
mod problem;

pub use self::members::ReservedName;
pub use self::problem::Problem;

pub(crate) use self::depth::shallow;
pub(crate) use self::members::{RESERVED, is_reserved};
pub(crate) use self::phrase::reason_phrase;
