//! The counters, as the application reads them.

use std::borrow::Cow;

use super::counters::Counters;
use crate::report::outcome::Outcome;

/// How many reports there were and what became of them, for each reporter, at one moment.
///
/// For each reporter `captured + recovered = delivered + dropped + queued + spooled`, at every moment.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    /// The reporters, in the order in which they were set.
    pub reporters: Vec<ReporterStats>,
}

/// What became of the reports for one reporter.
#[derive(Clone, Debug)]
pub struct ReporterStats {
    pub(super) name: Cow<'static, str>,
    pub(super) captured: u64,
    pub(super) recovered: u64,
    pub(super) queued: u64,
    pub(super) spooled: u64,
    /// What was refused before it reached any reporter.
    pub(super) shared: Counters,
    pub(super) own: Counters,
}

impl Stats {
    /// The first reporter of this name.
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

    /// How many have arrived.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.count(Outcome::Delivered)
    }

    /// How many were dropped, for any reason.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.shared.dropped() + self.own.dropped()
    }

    /// How many are in memory: in the queue, in the reporter's backlog, or waiting to be tried again.
    #[must_use]
    pub const fn queued(&self) -> u64 {
        self.queued
    }

    /// How many are on disk.
    #[must_use]
    pub const fn spooled(&self) -> u64 {
        self.spooled
    }

    /// How many had this outcome; for [`Outcome::Spooled`] and [`Outcome::Pending`], how many have it now.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Spooled => self.spooled,
            Outcome::Pending => self.queued,
            _ => self.shared.get(outcome) + self.own.get(outcome),
        }
    }
}

/// What had not arrived when a flush or a close ended.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Remaining {
    /// Reports in memory, summed over the reporters. A close drops them.
    pub queued: u64,
    /// Reports that are safe on disk, summed over the reporters.
    pub spooled: u64,
}

impl Remaining {
    /// Whether every report has arrived or was dropped for a reason that is counted.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.queued == 0 && self.spooled == 0
    }
}
