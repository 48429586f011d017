//! How many reports there may be: the settings.

use super::config_error::ConfigError;

/// How many failures are reported in a minute; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "it is written as a literal, with both of its limits"
)]
pub struct RateLimit {
    /// Failures of one kind: of the same type, source location, origin and status. The next report of that kind
    /// contains how many were dropped ([`Report::suppressed`](crate::Report::suppressed)).
    pub per_failure: Option<u32>,
    /// Failures of all kinds together.
    pub overall: Option<u32>,
}

/// How many reports, and how many bytes of them, may wait in the queue, and also in the backlog of each reporter.
///
/// A report that finds it full is dropped and counted. An eighth is reserved for panics.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(
    clippy::exhaustive_structs,
    reason = "it is written as a literal, with both of its limits"
)]
pub struct QueueLimits {
    /// Reports. Default: 1,024.
    pub reports: usize,
    /// Bytes. Default: 16 MiB.
    pub bytes: usize,
}

impl RateLimit {
    pub(super) fn check(self) -> Result<(), ConfigError> {
        if self.per_failure == Some(0) || self.overall == Some(0) {
            return Err(ConfigError::invalid(
                "rate_limit",
                "a limit of 0 would report nothing; use `None` for no limit, or set `sample_rate(0.0)`",
            ));
        }
        Ok(())
    }
}

impl QueueLimits {
    pub(super) fn check(self) -> Result<(), ConfigError> {
        if self.reports == 0 || self.bytes == 0 {
            return Err(ConfigError::invalid(
                "queue",
                "`reports` and `bytes` must be above zero, or every report would be dropped",
            ));
        }
        Ok(())
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
