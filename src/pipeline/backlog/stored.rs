//! Where a report is on disk.

use std::time::Duration;

use uuid::Uuid;

/// One report in a segment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Stored {
    pub(super) id: Uuid,
    /// The number of the segment in this process.
    pub(super) segment: u64,
    /// In bytes from the start of the segment.
    pub(super) offset: u64,
    /// In bytes, without the line break.
    pub(super) len: u64,
}

/// A report that an earlier process left behind.
#[derive(Debug)]
pub(crate) struct Recovered {
    pub(super) stored: Stored,
    /// How long ago the failure happened.
    pub(super) age: Duration,
}
