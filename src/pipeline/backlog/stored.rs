//! Where a report is on disk.

use std::time::{Duration, SystemTime};

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
    /// Milliseconds since 1970.
    pub(super) failed: u64,
}

impl Recovered {
    /// How long ago the failure happened. A timestamp in the future, from a clock that ran ahead, counts as now.
    pub(super) fn age(&self, now: SystemTime) -> Duration {
        let failed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(self.failed));
        failed.map_or(Duration::ZERO, |failed| {
            now.duration_since(failed).unwrap_or_default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_the_future_is_new() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_millis(10);
        let age = |failed| {
            let stored = Stored {
                id: Uuid::nil(),
                segment: 1,
                offset: 0,
                len: 0,
            };
            Recovered { stored, failed }.age(now)
        };
        assert_eq!(age(4), Duration::from_millis(6));
        assert_eq!(age(11), Duration::ZERO);
        assert_eq!(age(u64::MAX), Duration::ZERO);
    }
}
