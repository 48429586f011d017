//! The statistics of a pipeline.

use std::borrow::Cow;

use super::counters::Counters;
use crate::report::outcome::Outcome;
use crate::request::Disconnects;

/// A consistent snapshot of how many reports there were, and of their outcomes at each reporter. Beside it, how many
/// clients disconnected.
///
/// For each reporter, `captured + recovered = delivered + dropped + queued + spooled` holds at every moment.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The reporters, in the order in which they were added to the builder.
    pub reporters: Vec<ReporterStats>,
    /// The clients that disconnected before their response was complete. They are counted even without a reporter.
    pub disconnects: Disconnects,
}

/// The outcomes of reports at one reporter.
#[derive(Clone, Debug)]
pub struct ReporterStats {
    pub(super) name: Cow<'static, str>,
    pub(super) captured: u64,
    pub(super) recovered: u64,
    pub(super) queued: u64,
    pub(super) spooled: u64,
    /// Failures that were refused before they reached any reporter.
    pub(super) shared: Counters,
    pub(super) own: Counters,
}

impl Stats {
    /// Returns the first reporter with this name.
    #[must_use]
    pub fn reporter(&self, name: &str) -> Option<&ReporterStats> {
        self.reporters.iter().find(|stats| stats.name == name)
    }
}

impl ReporterStats {
    /// The reporter's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many failures were captured by this process.
    #[must_use]
    pub const fn captured(&self) -> u64 {
        self.captured
    }

    /// How many reports of earlier processes were found on disk.
    #[must_use]
    pub const fn recovered(&self) -> u64 {
        self.recovered
    }

    /// How many reports were delivered.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.count(Outcome::Delivered)
    }

    /// How many reports were dropped, for any reason.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shared.dropped() + self.own.dropped()
    }

    /// How many reports are in memory: in the queue, or in the reporter's backlog, where some may wait for a retry.
    #[must_use]
    pub const fn queued(&self) -> u64 {
        self.queued
    }

    /// How many reports are on disk.
    #[must_use]
    pub const fn spooled(&self) -> u64 {
        self.spooled
    }

    /// How many reports had this outcome; for [`Outcome::Spooled`] and [`Outcome::Pending`], how many are spooled or
    /// queued right now.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Spooled => self.spooled,
            Outcome::Pending => self.queued,
            _ => self.shared.get(outcome) + self.own.get(outcome),
        }
    }
}

/// The reports that were not delivered when a flush or a close ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Remaining {
    /// Reports in memory, summed over the reporters. A close drops them.
    pub queued: u64,
    /// Reports that are safe on disk, summed over the reporters.
    pub spooled: u64,
}

impl Remaining {
    /// Whether nothing remained, neither in memory nor on disk.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.queued == 0 && self.spooled == 0
    }
}
