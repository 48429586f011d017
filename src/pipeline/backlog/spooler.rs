//! Moves reports between a backlog and the disk.
//!
//! Where both locks are needed, the disk's is taken first, and the backlog's is held for a moment only.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use uuid::Uuid;

use super::entry::{Key, Loaded};
use super::lifecycle::{Backlog, Ended};
use super::spool_files::Disk;
use super::stored::Stored;
use crate::pipeline::completion::Completion;
use crate::report::report::Report;
use crate::reporters::SpoolSettings;

#[derive(Debug)]
pub(crate) struct Spooler {
    disk: Mutex<Disk>,
}

/// What was found on disk.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) completions: Vec<Completion>,
    /// Whether an earlier process died during startup.
    pub(crate) died_at_start: bool,
}

/// The most reports that are taken for one write.
const MAX_WRITE: usize = 256;

impl Spooler {
    /// Opens the directory. Only reports for the same destination will be taken over.
    pub(crate) fn open(settings: &SpoolSettings, destination: &str) -> io::Result<Self> {
        let disk = Mutex::new(Disk::open(settings, destination)?);
        Ok(Self { disk })
    }

    /// Two spools of one pipeline must not have the same identity: either would take over what the other left behind.
    pub(crate) fn identity(&self) -> (PathBuf, String) {
        lock(&self.disk).dir.identity()
    }

    /// Takes over the reports that ended processes left behind.
    pub(crate) fn adopt(&self, backlog: &Mutex<Backlog>, now: Instant) -> Found {
        let mut disk = lock(&self.disk);
        let adopted = disk.adopt();
        let ended = {
            let mut backlog = lock(backlog);
            backlog.recovered_from(adopted.reports, now);
            backlog.recovered_torn(adopted.torn)
        };
        let mut completions = ended.completions;
        make_room(&mut disk, backlog, (0, 0), &mut completions);
        Found {
            completions,
            died_at_start: adopted.died_at_start,
        }
    }

    /// Writes the unstored reports. Reports that cannot be written are delivered from memory.
    pub(crate) fn store(&self, backlog: &Mutex<Backlog>) -> Vec<Completion> {
        let unstored = lock(backlog).take_unstored(MAX_WRITE);
        let mut serialized = Vec::with_capacity(unstored.len());
        for (key, report) in unstored {
            let json = serde_json::to_vec(&*report).unwrap_or_default();
            serialized.push((key, report.id, json));
        }
        let mut completions = Vec::new();
        let mut disk = lock(&self.disk);
        let mut chunk = Chunk::default();
        for (key, id, json) in serialized {
            if !chunk.fits(&json, &disk) {
                chunk.write(&mut disk, backlog, &mut completions);
            }
            chunk.push(key, id, json);
        }
        chunk.write(&mut disk, backlog, &mut completions);
        completions
    }

    /// Writes the report of a panic that may end this process, before it is offered to the backlog.
    pub(crate) fn store_last(
        &self,
        backlog: &Mutex<Backlog>,
        report: &Report,
    ) -> (Option<Stored>, Vec<Completion>) {
        let mut completions = Vec::new();
        let json = serde_json::to_vec(report).unwrap_or_default();
        let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(report.timestamp));
        let mut disk = lock(&self.disk);
        let bytes = size(&json);
        if json.is_empty() || bytes > disk.max_bytes {
            return (None, completions);
        }
        make_room(&mut disk, backlog, (1, bytes), &mut completions);
        let at = at.unwrap_or_else(SystemTime::now);
        (disk.write_last((report.id, json), at).ok(), completions)
    }

    /// Reads reports. An unreadable report is dropped and set aside.
    pub(crate) fn read(
        &self,
        backlog: &Mutex<Backlog>,
        batch: &[(Key, Stored)],
    ) -> (Vec<Loaded>, Vec<Completion>) {
        let mut disk = lock(&self.disk);
        if disk.is_left() {
            let mut backlog = lock(backlog);
            for (key, _) in batch {
                backlog.give_back(*key);
            }
            return (Vec::new(), Vec::new());
        }
        let stored: Vec<Stored> = batch.iter().map(|(_, stored)| *stored).collect();
        let reports = disk.read(&stored);
        let is_any_unreadable = reports.iter().any(Option::is_none);
        let (mut readable, mut completions) = (Vec::new(), Vec::new());
        for (&(key, stored), report) in batch.iter().zip(reports) {
            match report {
                Some(report) => readable.push(Loaded {
                    key,
                    stored: Some(stored),
                    report: Arc::new(report),
                }),
                None => {
                    disk.set_aside(&stored);
                    completions.extend(lock(backlog).unreadable(key));
                }
            }
        }
        if is_any_unreadable {
            disk.clean_up();
        }
        (readable, completions)
    }

    /// Removes reports that are done.
    pub(crate) fn remove(&self, reports: &[Stored]) {
        if !reports.is_empty() {
            lock(&self.disk).remove(reports);
        }
    }

    /// Releases the part, which belongs to the parent of this process. The lock may have been held by a thread of the
    /// parent, and then stays so for ever.
    pub(crate) fn leave_to_parent(&self) {
        if let Ok(mut disk) = self.disk.try_lock() {
            disk.leave();
        }
    }

    /// Leaves what is on disk to another process.
    pub(crate) fn leave(&self, backlog: &Mutex<Backlog>) {
        lock(backlog).leave_disk();
        lock(&self.disk).leave();
    }
}

/// Reports that are written together, as many as the limits of the spool allow.
#[derive(Debug, Default)]
struct Chunk {
    keys: Vec<Key>,
    reports: Vec<(Uuid, Vec<u8>)>,
    bytes: u64,
}

impl Chunk {
    fn fits(&self, json: &[u8], disk: &Disk) -> bool {
        self.keys.len() < disk.max_reports && self.bytes + size(json) <= disk.max_bytes
    }

    fn push(&mut self, key: Key, id: Uuid, json: Vec<u8>) {
        self.bytes += size(&json);
        self.keys.push(key);
        self.reports.push((id, json));
    }

    /// Writes the chunk and leaves it empty.
    fn write(
        &mut self,
        disk: &mut Disk,
        backlog: &Mutex<Backlog>,
        completions: &mut Vec<Completion>,
    ) {
        let Self {
            keys,
            reports,
            bytes,
        } = std::mem::take(self);
        if keys.is_empty() {
            return;
        }
        let stored = if bytes > disk.max_bytes || reports.iter().any(|(_, json)| json.is_empty()) {
            Vec::new()
        } else {
            make_room(disk, backlog, (keys.len(), bytes), completions);
            disk.write(&reports).unwrap_or_default()
        };
        let mut ended = Ended::default();
        let mut stored = stored.into_iter();
        for key in keys {
            lock(backlog).stored(key, stored.next(), &mut ended);
        }
        disk.remove(&ended.files);
        completions.extend(ended.completions);
    }
}

/// Evicts the oldest reports until there is room for `reports` more with a total of `bytes`.
fn make_room(
    disk: &mut Disk,
    backlog: &Mutex<Backlog>,
    (reports, bytes): (usize, u64),
    completions: &mut Vec<Completion>,
) {
    loop {
        let mut backlog = lock(backlog);
        let surplus = (backlog.spooled() + reports).saturating_sub(disk.max_reports);
        let is_long = disk.bytes() + bytes > disk.max_bytes;
        let ended = backlog.evict(surplus.max(usize::from(is_long)));
        drop(backlog);
        if ended.files.is_empty() {
            return;
        }
        disk.remove(&ended.files);
        completions.extend(ended.completions);
    }
}

/// The size of a report in a segment, including the line break.
const fn size(json: &[u8]) -> u64 {
    json.len() as u64 + 1
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
