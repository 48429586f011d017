//! RFC 9457 as a value: [`Problem`], the document that an error is told in.

mod depth;
mod document;
mod invalid;
mod json;
mod members;
mod parse;
mod phrase;
mod problem_type;
mod scan;
mod xml;

pub(crate) use self::depth::shallow;
pub use self::document::Problem;
pub use self::invalid::InvalidProblem;
pub use self::members::ReservedName;
pub(crate) use self::members::{RESERVED, is_reserved};
pub(crate) use self::phrase::reason_phrase;
pub use self::problem_type::ProblemType;
pub(crate) use self::scan::has_byte;
pub(crate) use self::xml::NAMESPACE;
