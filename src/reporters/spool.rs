//! The settings of a backlog on disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::into_reporter::{ConfiguredReporter, IntoReporter, SpoolSettings, sealed};
use super::reporter::Reporter;

/// Keeps a reporter's backlog in a directory instead of in memory, so that reports survive the process.
///
/// A report is synced to disk before its first delivery attempt, and is removed once it is delivered. It is retried
/// with the same backoff as one in memory, but with any number of attempts until it reaches [`max_age`](Self::max_age).
///
/// Reports that a process leaves behind, even if it was killed, are delivered under the same id by the next process
/// that starts with this directory. A report may therefore be delivered twice, but none is dropped without being
/// counted. Processes may share a directory: each has a part of its own. Once a process has ended, another one takes
/// over its part, if it has a reporter with the same [name](Reporter::name) and [destination](Reporter::destination). It
/// looks for such parts when it starts, and every minute while it has reports to deliver.
///
/// The report of a panic that ends the process is stored before anything else is done with it; see
/// [`crash_child`](crate::panics::crash_child). If a process ends that way within two seconds of its start, the next
/// one may be about to die of the same cause, so [`build`](crate::Builder::build) waits for at most two seconds until
/// the reports that were left behind are delivered.
///
/// By default, a process keeps at most 10,000 reports and 256 MiB, each report for at most 7 days. Beyond these limits,
/// the oldest reports are dropped and counted, as [`Evicted`](crate::stats::Outcome::Evicted), or as
/// [`GaveUp`](crate::stats::Outcome::GaveUp) if they have reached the maximum age. If nothing can be written, because
/// the disk is full for example, the backlog is kept in memory.
///
/// A new directory is accessible to this user alone. An existing one must belong to this user, must not be writable for
/// its group or for others, and must not be a symbolic link; otherwise [`build`](crate::Builder::build) fails.
///
/// A file in it that is damaged or contains no report is renamed to end in `.bad`, and its reports count as
/// [`Rejected`](crate::stats::Outcome::Rejected). Of these files the newest are kept, at most 100 files and 16 MiB, each
/// for at most the maximum age. A report that a later version of Backstop left behind is delivered with what this version
/// knows of it.
///
/// The age of a report is that of its failure. Where its time cannot be true, because it is in the future or before
/// 2025, the age counts from the moment when a process first found the report.
///
/// ```
/// use backstop::{Backstop, reporters::{Memory, Spool}};
///
/// # let dir = std::env::temp_dir().join(format!("backstop-doc-{}", std::process::id()));
/// let backstop = Backstop::production()
///     .reporter(Spool::new(&dir, Memory::new()).max_reports(1_000))
///     .build()?;
/// # drop(backstop);
/// # std::fs::remove_dir_all(dir).unwrap();
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a spool does nothing until it is given to a builder"]
pub struct Spool<R> {
    settings: SpoolSettings,
    reporter: R,
}

impl<R: Reporter> Spool<R> {
    /// Keeps the backlog of `reporter` in this directory, which is created if it does not exist.
    pub fn new(dir: impl Into<PathBuf>, reporter: R) -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self {
            settings: SpoolSettings {
                dir: dir.into(),
                max_reports: 10_000,
                max_bytes: 256 * 1024 * 1024,
                max_age: 7 * DAY,
            },
            reporter,
        }
    }

    /// Sets the maximum number of reports that are kept. Default: 10,000.
    pub const fn max_reports(mut self, reports: usize) -> Self {
        self.settings.max_reports = reports;
        self
    }

    /// Sets the maximum size in bytes of the reports that are kept. Default: 256 MiB.
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.settings.max_bytes = bytes;
        self
    }

    /// Sets how long a report is kept and retried. Default: 7 days.
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.settings.max_age = age;
        self
    }
}

impl<R: Reporter + 'static> IntoReporter for Spool<R> {}

impl<R: Reporter + 'static> sealed::IntoReporter for Spool<R> {
    fn configured(self) -> ConfiguredReporter {
        ConfiguredReporter {
            reporter: Arc::new(self.reporter),
            spool: Some(self.settings),
        }
    }
}
