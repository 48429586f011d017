//! The folder of a spool.
//!
//! Each process has a part of its own, `p-<uuid>`, whose file `lock` it holds locked for as long as it lives;
//! the system lets go of it however the process ends. Who gets the lock of another part takes its files over.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use crate::identity::new_id;
use crate::report::report::Report;

#[derive(Debug)]
pub(super) struct Folder {
    root: PathBuf,
    home: PathBuf,
    _lock: File,
    /// By id: those of version 7 sort by time.
    kept: BTreeMap<Uuid, Kept>,
    bytes: u64,
    opened: SystemTime,
    /// How many reports it has found of processes that died as they started.
    pub(super) early: u64,
}

/// One report on disk.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub(super) id: Uuid,
    pub(super) written: SystemTime,
    size: u64,
    is_early: bool,
    /// How often it was sent without an answer.
    tried: u32,
}

const LOCK: &str = "lock";
const PART: &str = "p-";
const TEMPORARY: &str = ".tmp-";
const ENDING: &str = ".json";
/// Of a report with which a process ended that had just started: the next one delivers it first.
const EARLY_ENDING: &str = ".start.json";
/// For how long a process starts.
const START: Duration = Duration::from_secs(2);
/// No report is nearly as long.
const MAX_FILE: u64 = 64 * 1024 * 1024;

impl Folder {
    /// Makes the folder, if need be, and this process's part of it.
    pub(super) fn open(root: &Path) -> io::Result<Self> {
        private(DirBuilder::new().recursive(true)).create(root)?;
        if !fs::symlink_metadata(root)?.is_dir() {
            return Err(io::Error::other("it is a symbolic link or no folder"));
        }
        let id = new_id().simple();
        // Under its name a part is locked from the start, or another process could take it for a dead one's.
        let unnamed = root.join(format!("{TEMPORARY}{id}"));
        private(&mut DirBuilder::new()).create(&unnamed)?;
        let lock = private_file(&unnamed.join(LOCK))?;
        lock.try_lock().map_err(io::Error::from)?;
        let home = root.join(format!("{PART}{id}"));
        fs::rename(&unnamed, &home)?;
        sync(root)?;
        Ok(Self {
            root: root.to_owned(),
            home,
            _lock: lock,
            kept: BTreeMap::new(),
            bytes: 0,
            opened: SystemTime::now(),
            early: 0,
        })
    }

    /// Takes over the parts of processes that are gone; how many reports they held.
    pub(super) fn adopt(&mut self) -> u64 {
        let mut found = 0;
        let parts = entries(&self.root).filter(|path| {
            let is_part = name(path).is_some_and(|name| name.starts_with(PART));
            is_part && *path != self.home
        });
        for part in parts.collect::<Vec<_>>() {
            if is_real(&part, fs::Metadata::is_dir) {
                found += self.adopt_part(&part);
            }
        }
        if found > 0 {
            // Until then they are where they were, or here.
            let _ = sync(&self.home);
        }
        found
    }

    fn adopt_part(&mut self, part: &Path) -> u64 {
        let lock_path = part.join(LOCK);
        if !is_real(&lock_path, fs::Metadata::is_file) {
            return 0;
        }
        let Ok(lock) = OpenOptions::new().write(true).open(&lock_path) else {
            return 0;
        };
        if lock.try_lock().is_err() {
            return 0;
        }
        let mut found = 0;
        for path in entries(part) {
            match name(&path) {
                Some(LOCK) => {}
                // Nobody was promised what was not written to its end.
                Some(name) if name.starts_with(TEMPORARY) => drop(fs::remove_file(&path)),
                name => match name.and_then(id_of) {
                    Some(id) if self.adopt_file(id, &path).is_some() => found += 1,
                    _ => self.move_aside(&path),
                },
            }
        }
        // A part that still holds something stays, lock and all.
        let is_empty = entries(part).all(|path| name(&path) == Some(LOCK));
        if is_empty && fs::remove_file(&lock_path).is_ok() {
            let _ = fs::remove_dir(part);
        }
        found
    }

    fn adopt_file(&mut self, id: Uuid, path: &Path) -> Option<()> {
        let metadata = fs::symlink_metadata(path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_FILE || self.kept.contains_key(&id) {
            return None;
        }
        fs::rename(path, self.home.join(file_name(id, false))).ok()?;
        self.early += u64::from(name(path).is_some_and(|name| name.ends_with(EARLY_ENDING)));
        let written = metadata.modified().unwrap_or_else(|_| SystemTime::now());
        self.insert(Kept {
            id,
            written,
            size: metadata.len(),
            is_early: false,
            tried: 0,
        });
        Some(())
    }

    /// Whether what happened then happened as this process started.
    pub(super) fn is_early(&self, at: SystemTime) -> bool {
        at < self.opened + START
    }

    /// Writes a report, whole or not at all; [`sync`](Self::sync) makes it last. An early one is marked.
    pub(super) fn write(&mut self, id: Uuid, json: &[u8], is_early: bool) -> io::Result<()> {
        let mut file = tempfile::Builder::new()
            .prefix(TEMPORARY)
            .tempfile_in(&self.home)?;
        file.write_all(json)?;
        file.as_file().sync_all()?;
        let path = self.home.join(file_name(id, is_early));
        file.persist(path).map_err(|error| error.error)?;
        self.remember_no_more(id);
        self.insert(Kept {
            id,
            written: SystemTime::now(),
            size: json.len() as u64,
            is_early,
            tried: 0,
        });
        Ok(())
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        sync(&self.home)
    }

    /// Removes a report; whether it was there.
    pub(super) fn remove(&mut self, id: Uuid) -> bool {
        let _ = fs::remove_file(self.path(id));
        self.remember_no_more(id)
    }

    /// Puts a file that is no report out of the way.
    pub(super) fn set_aside(&mut self, id: Uuid) {
        self.move_aside(&self.path(id));
        self.remember_no_more(id);
    }

    pub(super) fn read(&self, kept: &Kept) -> Option<Report> {
        let path = self.path(kept.id);
        if !is_real(&path, fs::Metadata::is_file) {
            return None;
        }
        let report: Report = serde_json::from_slice(&fs::read(path).ok()?).ok()?;
        (report.id == kept.id).then_some(report)
    }

    /// So many that were tried least, and of these the oldest: one that is never answered holds up no other.
    pub(super) fn next(&self, count: usize) -> Vec<Kept> {
        let mut kept: Vec<&Kept> = self.kept.values().collect();
        // Stable, so equals stay in the order of their ids.
        kept.sort_by_key(|kept| kept.tried);
        kept.into_iter().take(count).cloned().collect()
    }

    pub(super) fn tried(&mut self, id: Uuid) {
        if let Some(kept) = self.kept.get_mut(&id) {
            kept.tried = kept.tried.saturating_add(1);
        }
    }

    pub(super) fn oldest(&self) -> Option<&Kept> {
        self.kept.values().next()
    }

    pub(super) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    fn insert(&mut self, kept: Kept) {
        self.bytes += kept.size;
        self.kept.insert(kept.id, kept);
    }

    fn remember_no_more(&mut self, id: Uuid) -> bool {
        let kept = self.kept.remove(&id);
        self.bytes -= kept.as_ref().map_or(0, |kept| kept.size);
        kept.is_some()
    }

    fn move_aside(&self, path: &Path) {
        let name = name(path).unwrap_or("file");
        let _ = fs::rename(path, self.root.join(format!("{name}.bad")));
    }

    fn path(&self, id: Uuid) -> PathBuf {
        let is_early = self.kept.get(&id).is_some_and(|kept| kept.is_early);
        self.home.join(file_name(id, is_early))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Reports that are left, and only they, keep the part for the next process.
        if self.kept.is_empty() {
            let _ = fs::remove_file(self.home.join(LOCK));
            let _ = fs::remove_dir(&self.home);
        }
    }
}

fn entries(folder: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

fn name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn id_of(name: &str) -> Option<Uuid> {
    let id = name.strip_suffix(EARLY_ENDING);
    id.or_else(|| name.strip_suffix(ENDING))?.parse().ok()
}

fn file_name(id: Uuid, is_early: bool) -> String {
    let ending = if is_early { EARLY_ENDING } else { ENDING };
    format!("{}{ending}", id.hyphenated())
}

/// Whether it is what it shall be itself, and no symbolic link to that.
fn is_real(path: &Path, is_it: impl Fn(&fs::Metadata) -> bool) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| is_it(&metadata))
}

/// Makes the entries of a folder last.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // There a folder can't be opened, and a rename is on disk when it returns.
        return Ok(());
    }
    File::open(folder)?.sync_all()
}

fn private(builder: &mut DirBuilder) -> &mut DirBuilder {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
    builder
}

fn private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
