//! The part of a process that has ended.

use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

use super::part_lock::{LOCK, PartLock};
use super::private_files::{entries, file_name, is_of_same_user};

/// A part of a process that has ended, locked until this is dropped.
#[derive(Debug)]
pub(super) struct DeadPart {
    path: PathBuf,
    _lock: PartLock,
}

/// What the names of files and directories start with that are still being written.
pub(super) const TEMPORARY: &str = ".tmp-";

impl DeadPart {
    /// Locks a part if its process has ended and it belongs to the user of `own`.
    pub(super) fn lock(path: PathBuf, own: &Metadata) -> Option<Self> {
        let metadata = fs::symlink_metadata(&path).ok()?;
        if !metadata.is_dir() || !is_of_same_user(&metadata, own) {
            return None;
        }
        let lock = PartLock::of_dead(&path)?;
        Some(Self { path, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The files in it. A partially written file is removed: its reports were never counted as stored.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for path in entries(&self.path) {
            match file_name(&path) {
                Some(LOCK) => {}
                Some(name) if name.starts_with(TEMPORARY) => drop(fs::remove_file(&path)),
                _ => files.push(path),
            }
        }
        files
    }

    /// Removes the part, unless files are left in it.
    pub(super) fn remove(self) {
        if self.files().is_empty() && fs::remove_file(self.path.join(LOCK)).is_ok() {
            let _ = fs::remove_dir(&self.path);
        }
    }
}
