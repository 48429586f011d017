//! The directory of a spool.
//!
//! Each spool has a part of its own, `p-<destination>-<uuid>`, which the process holds locked for as long as it lives.
//! A process that gets the lock of another part takes over its files, if the part has the same destination: a hash of
//! the reporter's name and of where it sends reports.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::dead_part::{DeadPart, TEMPORARY};
use super::part_lock::{LOCK, PartLock};
use super::private_files::{
    check_is_private, create_dir, create_dirs, create_file, entries, file_name, sync_dir,
};
use super::set_aside;
use crate::identity::new_id;
use crate::text::fnv1a;

/// A spool's directory, and this process's part of it.
#[derive(Debug)]
pub(super) struct SpoolDir {
    root: PathBuf,
    part: PathBuf,
    /// The prefix of the names of all parts with this destination.
    prefix: String,
    /// `None` once the part is left to another process.
    lock: Option<PartLock>,
    /// The process that the part belongs to. A process that was forked off must leave it alone.
    process: u32,
}

impl SpoolDir {
    /// Opens the directory, creating it if it does not exist, and creates a part in it.
    pub(super) fn open(root: &Path, destination: &str) -> io::Result<Self> {
        create_dirs(root)?;
        if !fs::symlink_metadata(root)?.is_dir() {
            return Err(io::Error::other("it is a symbolic link or not a directory"));
        }
        // The process may change its current directory later.
        let root = fs::canonicalize(root)?;
        let prefix = format!("p-{:016x}-", fnv1a(destination));
        let id = new_id().simple();
        // The part gets its name only once it is locked; otherwise another process could take it for a dead part.
        let unnamed = root.join(format!("{TEMPORARY}{id}"));
        let part = root.join(format!("{prefix}{id}"));
        create_dir(&unnamed)?;
        let opened = lock_and_rename(&root, &unnamed, &part);
        if opened.is_err() {
            let _ = fs::remove_dir_all(&unnamed);
        }
        Ok(Self {
            lock: Some(opened?),
            root,
            part,
            prefix,
            process: std::process::id(),
        })
    }

    /// The root and the prefix, which two spools of one process must not share.
    pub(super) fn identity(&self) -> (PathBuf, String) {
        (self.root.clone(), self.prefix.clone())
    }

    /// The path of a file of this process.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.part.join(name)
    }

    /// Writes a file atomically. When this returns, the file is on disk.
    pub(super) fn write(&self, name: &str, contents: &[u8]) -> io::Result<PathBuf> {
        if self.is_left() {
            return Err(io::Error::other("this process ends"));
        }
        let (path, temporary) = (self.file(name), self.file(&format!("{TEMPORARY}{name}")));
        let written = create_file(&temporary).and_then(|mut file| {
            io::Write::write_all(&mut file, contents)?;
            file.sync_all()?;
            fs::rename(&temporary, &path)?;
            sync_dir(&self.part)
        });
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
            let _ = fs::remove_file(&path);
        }
        written.map(|()| path)
    }

    /// Syncs the part after files were moved into it.
    pub(super) fn sync(&self) {
        // If that fails, each file is either here or where it was before.
        let _ = sync_dir(&self.part);
    }

    /// The parts of ended processes, with the same destination and the same user.
    pub(super) fn dead_parts(&self) -> Vec<DeadPart> {
        let Ok(own) = fs::symlink_metadata(&self.part) else {
            return Vec::new();
        };
        let is_another = |path: &PathBuf| {
            let is_part = file_name(path).is_some_and(|name| name.starts_with(&self.prefix));
            is_part && *path != self.part
        };
        let paths = entries(&self.root).filter(is_another);
        paths
            .filter_map(|path| DeadPart::lock(path, &own))
            .collect()
    }

    /// Renames a file that contains no report to end in `.bad`.
    pub(super) fn set_aside(&self, path: &Path) {
        set_aside::set_aside(&self.root, path);
    }

    /// Writes contents that are not a report to a file that ends in `.bad`.
    pub(super) fn write_aside(&self, name: &str, contents: &[u8]) {
        set_aside::write_aside(&self.root, name, contents);
    }

    /// Removes what was set aside too long ago, and what processes left that died while they opened the directory.
    pub(super) fn clean_up(&self, max_age: Duration) {
        if let Ok(own) = fs::symlink_metadata(&self.part) {
            set_aside::clean_up(&self.root, max_age, &own);
        }
    }

    /// Releases the part to other processes, or removes it if it is empty.
    pub(super) fn leave(&mut self, is_empty: bool) {
        let is_own = self.process == std::process::id();
        if self.lock.take().is_some() && is_empty && is_own {
            let _ = fs::remove_file(self.part.join(LOCK));
            let _ = fs::remove_dir(&self.part);
        }
    }

    pub(super) const fn is_left(&self) -> bool {
        self.lock.is_none()
    }
}

fn lock_and_rename(root: &Path, unnamed: &Path, part: &Path) -> io::Result<PartLock> {
    check_is_private(
        &fs::symlink_metadata(root)?,
        &fs::symlink_metadata(unnamed)?,
    )?;
    let lock = PartLock::create(unnamed)?;
    fs::rename(unnamed, part)?;
    sync_dir(root)?;
    Ok(lock)
}
