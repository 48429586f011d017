//! The directory of a spool.
//!
//! Each spool has a part of its own, `p-<destination>-<uuid>`, whose file `lock` the process holds locked for as long
//! as it lives; the system releases the lock however the process ends. A process that gets the lock of another part
//! takes over its files, if the part has the same destination: a hash of the reporter's name and of where it sends
//! reports.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

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
    lock: Option<File>,
}

/// A part of a process that has ended, locked until this is dropped.
#[derive(Debug)]
pub(super) struct DeadPart {
    path: PathBuf,
    _lock: File,
}

const LOCK: &str = "lock";
const TEMPORARY: &str = ".tmp-";

impl SpoolDir {
    /// Opens the directory, creating it if it does not exist, and creates a part in it.
    pub(super) fn open(root: &Path, destination: &str) -> io::Result<Self> {
        private(DirBuilder::new().recursive(true)).create(root)?;
        if !fs::symlink_metadata(root)?.is_dir() {
            return Err(io::Error::other("it is a symbolic link or not a directory"));
        }
        let prefix = format!("p-{:016x}-", fnv1a(destination));
        let id = new_id().simple();
        // The part gets its name only once it is locked; otherwise another process could take it for a dead part.
        let unnamed = root.join(format!("{TEMPORARY}{id}"));
        private(&mut DirBuilder::new()).create(&unnamed)?;
        let lock = create_private(&unnamed.join(LOCK))?;
        lock.try_lock().map_err(io::Error::from)?;
        let part = root.join(format!("{prefix}{id}"));
        fs::rename(&unnamed, &part)?;
        sync_dir(root)?;
        Ok(Self {
            root: root.to_owned(),
            part,
            prefix,
            lock: Some(lock),
        })
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
        let written = create_private(&temporary).and_then(|mut file| {
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
        let name = file_name(path).unwrap_or("file");
        let _ = fs::rename(path, self.aside(name));
    }

    /// Writes contents that are not a report to a file that ends in `.bad`.
    pub(super) fn write_aside(&self, name: &str, contents: &[u8]) {
        if let Ok(mut file) = create_private(&self.aside(name)) {
            let _ = io::Write::write_all(&mut file, contents);
        }
    }

    /// Releases the part to other processes, or removes it if it is empty.
    pub(super) fn leave(&mut self, is_empty: bool) {
        if self.lock.take().is_some() && is_empty {
            let _ = fs::remove_file(self.part.join(LOCK));
            let _ = fs::remove_dir(&self.part);
        }
    }

    pub(super) const fn is_left(&self) -> bool {
        self.lock.is_none()
    }

    fn aside(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}.bad"))
    }
}

impl DeadPart {
    fn lock(path: PathBuf, own: &Metadata) -> Option<Self> {
        let is_ours = |it: &Metadata| it.is_dir() && is_of_same_user(it, own);
        if !fs::symlink_metadata(&path).is_ok_and(|it| is_ours(&it)) {
            return None;
        }
        let lock_path = path.join(LOCK);
        if !is_file(&lock_path) {
            return None;
        }
        let lock = OpenOptions::new().write(true).open(lock_path).ok()?;
        lock.try_lock().ok()?;
        Some(Self { path, _lock: lock })
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

/// Whether it is a file itself, not a symbolic link to one.
pub(super) fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

pub(super) fn file_name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

fn entries(dir: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

/// Checked because another user may have put a part into a directory that is writable for others.
fn is_of_same_user(one: &Metadata, other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        one.uid() == other.uid()
    }
    #[cfg(not(unix))]
    {
        let _ = (one, other);
        true
    }
}

/// Syncs the entries of a directory to disk.
fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // On Windows a directory cannot be opened as a file, and a rename is on disk when it returns.
        return Ok(());
    }
    File::open(dir)?.sync_all()
}

fn private(builder: &mut DirBuilder) -> &mut DirBuilder {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
    builder
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
