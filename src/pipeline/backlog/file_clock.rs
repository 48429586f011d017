//! How old the reports of a file are, even if the clock was wrong when they were written.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::{Duration, SystemTime};

/// No report was written before this: 2025, in milliseconds since 1970. A machine without a clock of its own starts in
/// 1970.
const EARLIEST: u64 = 1_735_689_600_000;

/// The time now, and the time at which a file was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct FileClock {
    now: SystemTime,
    written: Option<SystemTime>,
}

impl FileClock {
    /// Reads when the file was written. If that cannot be true, it is set to now, so that the reports in it grow older
    /// from process to process.
    pub(super) fn of(path: &Path, now: SystemTime) -> Self {
        let written = path.symlink_metadata().and_then(|it| it.modified()).ok();
        let clock = Self { now, written };
        if clock.since_written().is_none()
            && let Ok(file) = OpenOptions::new().append(true).open(path)
        {
            let _ = file.set_modified(now);
        }
        clock
    }

    /// The age of a report of the file with this timestamp, in milliseconds since 1970. Where the timestamp cannot be
    /// true, it is the age of the file.
    pub(super) fn age(&self, timestamp: u64) -> Duration {
        let failed = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(timestamp));
        let since_failed = failed.and_then(|failed| self.since(failed));
        since_failed
            .or_else(|| self.since_written())
            .unwrap_or_default()
    }

    fn since_written(&self) -> Option<Duration> {
        self.since(self.written?)
    }

    /// The time since then; `None` if that cannot be the time at which something happened.
    fn since(&self, then: SystemTime) -> Option<Duration> {
        let earliest = SystemTime::UNIX_EPOCH + Duration::from_millis(EARLIEST);
        if then < earliest {
            return None;
        }
        self.now.duration_since(then).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timestamp_that_cannot_be_true_is_replaced_by_the_age_of_the_file() {
        const NOW: u64 = EARLIEST + 1_000;
        let at = |millis| SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
        let age = |timestamp, written| {
            let clock = FileClock {
                now: at(NOW),
                written: Some(at(written)),
            };
            clock.age(timestamp).as_millis()
        };
        assert_eq!(age(NOW - 10, NOW - 5), 10);
        for impossible in [NOW + 1, u64::MAX, 0, EARLIEST - 1] {
            assert_eq!(age(impossible, NOW - 5), 5);
            assert_eq!(age(impossible, NOW + 5), 0);
            assert_eq!(age(impossible, 7), 0);
        }
    }
}
