//! The settings of the pipeline, as the builder collects them.

use std::fmt::Display;
use std::io;
use std::time::Duration;

use tokio::time::Instant;

use super::listeners::Listeners;
use crate::disclosure::Redactor;
use crate::reporters::{ConfiguredReporter, IntoReporter, SpoolSettings};
use crate::symbols::SymbolSettings;

/// How many failures are reported per minute. Default: no limit.
///
/// ```
/// use backstop::settings::RateLimit;
///
/// let limit = RateLimit {
///     per_failure: Some(10),
///     ..RateLimit::default()
/// };
/// assert_eq!(limit.overall, None);
/// ```
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "it is written as a literal")]
pub struct RateLimit {
    /// Failures of one kind: of one type, source location, origin and status. The next report of the kind says how
    /// many were not reported ([`Report::suppressed`](crate::Report::suppressed)).
    pub per_failure: Option<u32>,
    /// Failures of all kinds together.
    pub overall: Option<u32>,
}

/// How much may wait in the queue, and in memory in each reporter's backlog.
///
/// A report that exceeds a limit is dropped and counted. An eighth on top of each limit is reserved for panics, and
/// the panics of a dying process have twice the room.
///
/// ```
/// use backstop::settings::QueueLimits;
///
/// assert_eq!(QueueLimits::default(), QueueLimits { reports: 1_024, bytes: 16 << 20 });
/// ```
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "it is written as a literal")]
pub struct QueueLimits {
    /// The maximum number of reports. Default: 1,024.
    pub reports: usize,
    /// The maximum size of all reports in bytes, approximately: what an error type allocates itself is not counted.
    /// Default: 16 MiB.
    pub bytes: usize,
}

/// All settings of a pipeline.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) reporters: Vec<ConfiguredReporter>,
    /// From 0 to 1.
    pub(crate) sample_rate: f64,
    pub(crate) seed: Option<u64>,
    pub(crate) rate_limit: RateLimit,
    pub(crate) queue: QueueLimits,
    pub(crate) listeners: Listeners,
    pub(crate) redactor: Redactor,
    pub(crate) symbols: SymbolSettings,
    pub(crate) executor: Executor,
    /// How long a panic may delay the end of the process.
    pub(crate) crash_timeout: Duration,
}

/// Where the pipeline runs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Executor {
    /// On threads of its own.
    Threads,
    /// On the runtime that is current when it starts, for tests with paused time.
    CurrentRuntime,
}

/// An invalid setting: its name, what is wrong with it, and how to fix it.
#[derive(Debug)]
pub(crate) struct InvalidSetting {
    pub(crate) setting: &'static str,
    pub(crate) message: String,
}

impl Settings {
    pub(crate) fn add_reporter(&mut self, reporter: impl IntoReporter) {
        self.reporters.push(reporter.configured());
    }

    /// Whether any reporter can show frames, so that errors should capture backtraces.
    pub(crate) fn wants_frames(&self) -> bool {
        let mut reporters = self.reporters.iter();
        reporters.any(|configured| configured.reporter.wants_frames())
    }

    /// Makes the directories of the spools independent of the current directory, where that is possible.
    pub(super) fn make_paths_absolute(&mut self) {
        let spools = self.reporters.iter_mut().filter_map(|it| it.spool.as_mut());
        for spool in spools {
            if let Ok(dir) = std::path::absolute(&spool.dir) {
                spool.dir = dir;
            }
        }
    }

    /// Checks everything that can be checked without opening a spool.
    pub(super) fn check(&self) -> Result<(), InvalidSetting> {
        self.check_limits()?;
        for ConfiguredReporter { reporter, spool } in &self.reporters {
            let name = reporter.name();
            let checked = reporter.check();
            checked.map_err(|error| InvalidSetting::reporter(&name, error))?;
            let Some(spool) = spool else { continue };
            if spool.is_empty() {
                let message = "a spool without room keeps nothing; set `max_reports`, `max_bytes` and `max_age` above 0";
                return Err(InvalidSetting::reporter(&name, message));
            }
        }
        Ok(())
    }

    fn check_limits(&self) -> Result<(), InvalidSetting> {
        if !(0.0..=1.0).contains(&self.sample_rate) {
            let message = format!(
                "the sample rate must be between 0.0 and 1.0, got {}",
                self.sample_rate
            );
            return invalid("sample_rate", message);
        }
        let RateLimit {
            per_failure,
            overall,
        } = self.rate_limit;
        if [per_failure, overall].contains(&Some(0)) {
            return invalid(
                "rate_limit",
                "0 per minute would report nothing; use `None` for no limit, or set `sample_rate(0.0)`",
            );
        }
        if self.queue.reports == 0 || self.queue.bytes == 0 {
            return invalid(
                "queue",
                "a queue without room drops every report; set `reports` and `bytes` above 0",
            );
        }
        Ok(())
    }
}

impl InvalidSetting {
    fn reporter(name: &str, message: impl Display) -> Self {
        Self {
            setting: "reporter",
            message: format!("{name}: {message}"),
        }
    }

    /// A spool that has the directory and the destination of another one.
    pub(super) fn shared_spool(name: &str) -> Self {
        let message = "two spools of one name and destination share a directory, so either would deliver what the other left behind; give each a directory";
        Self::reporter(name, message)
    }

    /// A spool that cannot be opened.
    pub(super) fn spool(name: &str, spool: &SpoolSettings, error: &io::Error) -> Self {
        let message = format!(
            "cannot spool to {}: {error}; give a directory that this user alone may write to, such as a new one in there, and not a symbolic link",
            spool.dir.display()
        );
        Self::reporter(name, message)
    }
}

fn invalid(setting: &'static str, message: impl Into<String>) -> Result<(), InvalidSetting> {
    Err(InvalidSetting {
        setting,
        message: message.into(),
    })
}

impl SpoolSettings {
    const fn is_empty(&self) -> bool {
        self.max_reports == 0 || self.max_bytes == 0 || self.max_age.is_zero()
    }
}

impl QueueLimits {
    /// The limits for errors, or the higher ones for panics, so that a flood of errors does not keep panics out.
    pub(super) fn with_reserve(self, is_panic: bool) -> Self {
        let with_reserve = |limit: usize| limit.saturating_add((limit / 8).max(1));
        if is_panic {
            Self {
                reports: with_reserve(self.reports),
                bytes: with_reserve(self.bytes),
            }
        } else {
            self
        }
    }

    /// The limits for panics that may end the process. They are bounded too, because the process may survive such
    /// panics.
    pub(super) const fn doubled(self) -> Self {
        Self {
            reports: self.reports.saturating_mul(2),
            bytes: self.bytes.saturating_mul(2),
        }
    }

    /// Whether one more report of this size fits.
    pub(super) const fn fits(self, reports: usize, bytes: usize, one_more: usize) -> bool {
        reports < self.reports && bytes.saturating_add(one_more) <= self.bytes
    }
}

impl Executor {
    /// The current time of the clock that the pipeline's timers use: on the current runtime, a test may have paused it.
    pub(super) fn now(self) -> Instant {
        match self {
            Self::Threads => std::time::Instant::now().into(),
            Self::CurrentRuntime => Instant::now(),
        }
    }
}

impl Default for QueueLimits {
    fn default() -> Self {
        Self {
            reports: 1_024,
            bytes: 16 * 1024 * 1024,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            reporters: Vec::new(),
            sample_rate: 1.0,
            seed: None,
            rate_limit: RateLimit::default(),
            queue: QueueLimits::default(),
            listeners: Listeners::default(),
            redactor: Redactor::default(),
            symbols: SymbolSettings::default(),
            executor: Executor::Threads,
            crash_timeout: Duration::from_secs(1),
        }
    }
}
