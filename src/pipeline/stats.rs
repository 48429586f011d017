//! The counters, as the owner reads them.

use std::borrow::Cow;

use super::outcome::Tally;
use crate::report::outcome::Outcome;

/// How many reports there were and what became of them, reporter by reporter, at one moment.
///
/// For each reporter `captured + recovered = delivered + dropped + queued + spooled`, always.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Stats {
    /// In the order in which they were set.
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
    /// Those of the gates, which all reporters share.
    pub(super) shared: Tally,
    pub(super) own: Tally,
}

impl Stats {
    /// The first reporter of that name.
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

    /// How many failures came to the pipeline.
    #[must_use]
    pub const fn captured(&self) -> u64 {
        self.captured
    }

    /// How many reports of earlier processes the reporter found.
    #[must_use]
    pub const fn recovered(&self) -> u64 {
        self.recovered
    }

    /// How many have arrived.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.count(Outcome::Delivered)
    }

    /// How many were dropped, for whatever reason.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        Outcome::DROPS
            .iter()
            .map(|reason| self.count(*reason))
            .sum()
    }

    /// How many are on their way: in the queue, in the reporter's backlog, or waiting to be tried again.
    #[must_use]
    pub const fn queued(&self) -> u64 {
        self.queued
    }

    /// How many the reporter keeps on disk.
    #[must_use]
    pub const fn spooled(&self) -> u64 {
        self.spooled
    }

    /// How many had this outcome; for [`Outcome::Spooled`], how many have it now.
    #[must_use]
    pub fn count(&self, outcome: Outcome) -> u64 {
        match outcome {
            Outcome::Spooled => self.spooled,
            Outcome::Pending => self.queued,
            _ => self.shared.get(outcome) + self.own.get(outcome),
        }
    }
}

/// What a flush or a shutdown could not wait for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Remaining {
    /// Reports that had not arrived, summed over the reporters. After a shutdown they are dropped.
    pub queued: u64,
    /// Reports that are safe on disk, summed over the reporters.
    pub spooled: u64,
}

impl Remaining {
    /// Whether everything has arrived, or was dropped for a reason that is counted.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.queued == 0 && self.spooled == 0
    }
}
