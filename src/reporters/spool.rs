//! The settings of a backlog on disk.

use std::path::PathBuf;
use std::time::Duration;

use super::into_reporter::{ConfiguredReporter, IntoReporter, SpoolSettings, sealed};
use super::reporter::Reporter;

/// Keeps a reporter's backlog in a directory instead of in memory, so that reports survive the process.
///
/// A report is on disk, synced, before its delivery is tried, and is removed once it has arrived. It is tried again
/// under the same rules as one in memory, but until [`max_age`](Self::max_age) is over.
///
/// What a process leaves behind, killed or not, the next one that starts with this directory delivers under the same
/// id. A report may therefore arrive twice, and none is dropped without being counted. Processes may share a
/// directory: each has a part of its own, which another one takes over once that process has ended, if it
/// has a reporter with the same [name](Reporter::name) and [destination](Reporter::destination).
///
/// The report of a panic that ends the process is stored before anything else is done with it; see
/// [`crash_child`](crate::panics::crash_child). If a process ends that way within two seconds of its start, the next
/// one delivers what it left before [`build`](crate::Builder::build) returns, which waits at most 2 seconds for that:
/// it may be about to die of the same cause.
///
/// At most 10,000 reports and 256 MiB are kept by a process, each for at most 7 days. Beyond that the oldest are
/// evicted, which is counted as [`Evicted`](crate::stats::Outcome::Evicted), or as
/// [`GaveUp`](crate::stats::Outcome::GaveUp) for their age. Where nothing can be written (a full disk), the backlog is
/// kept in memory.
///
/// The directory is created for this user alone and must not be a symbolic link. A file in it that is torn or is not a
/// report is renamed to end in `.bad`.
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

    /// How many reports are kept. Default: 10,000.
    pub const fn max_reports(mut self, reports: usize) -> Self {
        self.settings.max_reports = reports;
        self
    }

    /// How many bytes of reports are kept. Default: 256 MiB.
    pub const fn max_bytes(mut self, bytes: u64) -> Self {
        self.settings.max_bytes = bytes;
        self
    }

    /// For how long a report is kept and tried again. Default: 7 days.
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.settings.max_age = age;
        self
    }
}

impl<R: Reporter + 'static> IntoReporter for Spool<R> {}

impl<R: Reporter + 'static> sealed::IntoReporter for Spool<R> {
    fn configured(self) -> ConfiguredReporter {
        ConfiguredReporter {
            reporter: Box::new(self.reporter),
            spool: Some(self.settings),
        }
    }
}
