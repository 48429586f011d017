//! The id of a failure, and the record of which Backstops have reported it: one failure, one id, one report.

mod id;
mod reported_to;

pub(crate) use self::id::{made_at, new_id};
pub(crate) use self::reported_to::ReportedTo;
