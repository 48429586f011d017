//! RFC 9457 as values: [`Problem`], the document that an error response contains; [`FieldError`], one invalid part of a
//! request; and [`ProblemType`], which describes a kind of problem in documentation.

mod depth;
mod document;
mod field_error;
mod from_json;
mod from_xml;
mod member_map;
mod members;
mod pointer;
mod problem_type;
mod to_json;

pub(crate) use self::depth::{MAX_DEPTH, limit_depth, limit_depth_of, to_value};
pub use self::document::Problem;
pub(crate) use self::document::reason_phrase;
pub use self::field_error::FieldError;
pub use self::from_json::InvalidProblem;
pub(crate) use self::from_xml::NAMESPACE;
pub(crate) use self::member_map::{Member, MemberMap};
pub use self::members::ReservedName;
pub(crate) use self::members::{RESERVED, is_reserved};
pub use self::problem_type::ProblemType;
pub(crate) use self::to_json::has_byte;
