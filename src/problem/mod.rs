//! RFC 9457 as a value: [`Problem`], the document that an error is told in.

mod depth;
mod document;
mod members;
mod phrase;

pub use self::document::Problem;
pub use self::members::ReservedName;

pub(crate) use self::depth::shallow;
pub(crate) use self::members::{RESERVED, is_reserved};
pub(crate) use self::phrase::reason_phrase;
