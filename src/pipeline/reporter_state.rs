//! One reporter with its backlog.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::announcer::Announcer;
use super::backlog::{Backlog, Body, Ended, Key, Loaded, Offer, Spooler, Stored};
use super::completion::Completion;
use super::settings::{Executor, InvalidSetting, QueueLimits};
use super::threads::Runner;
use crate::panics::catch::catch_panic;
use crate::report::report::Report;
use crate::reporters::{ConfiguredReporter, Delivery, DynReporter};

#[derive(Debug)]
pub(super) struct ReporterState {
    pub(super) name: Cow<'static, str>,
    pub(super) reporter: Arc<dyn DynReporter>,
    backlog: Mutex<Backlog>,
    /// `None` where the backlog is in memory.
    spooler: Option<Spooler>,
    announcer: Arc<Announcer>,
    pub(super) executor: Executor,
    /// Makes the loop check what there is to do.
    pub(super) wake: Notify,
    /// Runs the loop.
    pub(super) runner: Runner,
}

/// The settings that the reporters of a pipeline share.
#[derive(Debug)]
pub(super) struct SharedSettings {
    pub(super) queue: QueueLimits,
    pub(super) seed: Option<u64>,
    pub(super) executor: Executor,
    pub(super) announcer: Arc<Announcer>,
}

impl ReporterState {
    /// Opens the spool, if there is one.
    pub(super) fn new(
        configured: ConfiguredReporter,
        settings: &SharedSettings,
    ) -> Result<Self, InvalidSetting> {
        let ConfiguredReporter { reporter, spool } = configured;
        let SharedSettings {
            queue,
            seed,
            executor,
            ..
        } = *settings;
        let name = reporter.name();
        let now = executor.now();
        let (backlog, spooler) = match spool {
            Some(spool) => {
                let destination = format!("{name}\n{}", reporter.destination());
                let spooler = Spooler::open(&spool, &destination)
                    .map_err(|error| InvalidSetting::spool(&name, &spool, &error))?;
                let backlog = Backlog::on_disk(queue, spool.max_age, seed, now);
                (backlog, Some(spooler))
            }
            None => (Backlog::in_memory(queue, seed, now), None),
        };
        Ok(Self {
            name,
            reporter,
            backlog: Mutex::new(backlog),
            spooler,
            announcer: Arc::clone(&settings.announcer),
            executor,
            wake: Notify::new(),
            runner: Runner::default(),
        })
    }

    pub(super) fn backlog(&self) -> MutexGuard<'_, Backlog> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) const fn has_spool(&self) -> bool {
        self.spooler.is_some()
    }

    /// The identity of the spool, if there is one.
    pub(super) fn spool_identity(&self) -> Option<(PathBuf, String)> {
        self.spooler.as_ref().map(Spooler::identity)
    }

    /// Writes the report of a panic that ends this process, if there is a spool.
    pub(super) fn store_last(&self, report: &Report) -> Option<Stored> {
        let spooler = self.spooler.as_ref()?;
        let (stored, evicted) = spooler.store_last(&self.backlog, report);
        self.announcer.announce(&self.name, evicted);
        stored
    }

    /// Adds a report to the backlog, or drops it. A report that is already `stored` counts as spooled from now on. The
    /// loop has to be woken afterwards.
    pub(super) fn offer(&self, offer: Offer, stored: Option<Stored>) -> Option<Completion> {
        let now = self.executor.now();
        match stored {
            Some(stored) => Some(self.backlog().offer_stored(offer, stored, now)),
            None => self.backlog().offer(offer, now),
        }
    }

    /// Takes over what ended processes left on disk; returns whether one of them died during startup.
    pub(super) fn adopt(&self) -> bool {
        let Some(spooler) = &self.spooler else {
            return false;
        };
        let found = spooler.adopt(&self.backlog, self.executor.now());
        self.announcer.announce(&self.name, found.completions);
        found.died_at_start
    }

    /// Leaves what is on disk to another process.
    pub(super) fn leave_disk(&self) {
        if let Some(spooler) = &self.spooler {
            spooler.leave(&self.backlog);
            self.announcer.progress.made();
        }
    }

    /// Releases the part of a spool that belongs to the parent of this process.
    pub(super) fn leave_to_parent(&self) {
        if let Some(spooler) = &self.spooler {
            spooler.leave_to_parent();
        }
    }

    /// Writes the unstored reports to disk.
    pub(super) fn store(&self) {
        if let Some(spooler) = &self.spooler {
            let stored = spooler.store(&self.backlog);
            self.announcer.announce(&self.name, stored);
        }
    }

    /// Loads the reports of a batch, reading those that are on disk.
    pub(super) fn load(&self, batch: Vec<(Key, Body)>) -> Vec<Loaded> {
        let (mut loaded, mut stored) = (Vec::with_capacity(batch.len()), Vec::new());
        for (key, body) in batch {
            match body {
                Body::Memory { report, .. } => loaded.push(Loaded {
                    key,
                    stored: None,
                    report,
                }),
                Body::Disk(it) => stored.push((key, it)),
            }
        }
        if let Some(spooler) = self.spooler.as_ref().filter(|_| !stored.is_empty()) {
            let (readable, dropped) = spooler.read(&self.backlog, &stored);
            self.announcer.announce(&self.name, dropped);
            loaded.extend(readable);
        }
        loaded
    }

    /// Counts the deliveries of a batch. The files of finished reports are removed first, so that none are left after a
    /// flush.
    pub(super) fn delivered(&self, deliveries: Vec<(Loaded, Delivery)>, is_broken: bool) {
        if let Some(spooler) = &self.spooler {
            let done = deliveries
                .iter()
                .filter(|(_, delivery)| delivery.is_final());
            let files: Vec<Stored> = done.filter_map(|(loaded, _)| loaded.stored).collect();
            spooler.remove(&files);
        }
        let keys = deliveries.into_iter();
        let keys = keys.map(|(loaded, delivery)| (loaded.key, delivery));
        let now = self.executor.now();
        let ended = self.backlog().delivered(keys.collect(), is_broken, now);
        self.end(ended);
    }

    /// Announces finished reports, and removes their files.
    pub(super) fn end(&self, ended: Ended) {
        if let Some(spooler) = &self.spooler {
            spooler.remove(&ended.files);
        }
        self.announcer.announce(&self.name, ended.completions);
    }

    /// Calls [`Reporter::dropped`](crate::reporters::Reporter::dropped) with the drops since the last call.
    pub(super) fn notify_drops(&self) {
        let refused = self.announcer.refused.snapshot();
        let drops = self.backlog().newly_dropped(&refused);
        for (reason, count) in drops {
            catch_panic(|| self.reporter.dropped(reason, count));
        }
    }
}
