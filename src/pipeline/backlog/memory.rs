//! How much of a backlog is in memory.

use crate::pipeline::settings::QueueLimits;

#[derive(Debug)]
pub(super) struct MemoryUsage {
    limits: QueueLimits,
    reports: usize,
    bytes: usize,
}

impl MemoryUsage {
    pub(super) const fn new(limits: QueueLimits) -> Self {
        Self {
            limits,
            reports: 0,
            bytes: 0,
        }
    }

    pub(super) fn has_room(&self, weight: usize, is_panic: bool) -> bool {
        let limits = self.limits.with_reserve(is_panic);
        limits.fits(self.reports, self.bytes, weight)
    }

    pub(super) const fn add(&mut self, weight: usize) {
        self.reports += 1;
        self.bytes += weight;
    }

    pub(super) const fn remove(&mut self, weight: usize) {
        self.reports -= 1;
        self.bytes -= weight;
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.reports == 0
    }

    pub(super) const fn reports(&self) -> usize {
        self.reports
    }
}
