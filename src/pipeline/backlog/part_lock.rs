//! The lock of a part, which shows whether the process that owns the part is alive.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;

use super::private_files::{create_file, is_file, open_or_create_file};

/// Held for as long as the process owns a part; the system releases it however the process ends.
///
/// Both the part's directory and a file in it are locked. Programs that clean up old files may remove the file, and
/// then the directory still shows that the part is in use; on systems and file systems where a directory cannot be
/// locked, the file does.
#[derive(Debug)]
pub(super) struct PartLock {
    _dir: Option<File>,
    _file: File,
}

/// The name of the file.
pub(super) const LOCK: &str = "lock";

impl PartLock {
    /// Locks a part that this process has just created.
    pub(super) fn create(part: &Path) -> io::Result<Self> {
        let dir = lock_dir(part)?;
        let file = create_file(&part.join(LOCK))?;
        file.try_lock()?;
        Ok(Self {
            _dir: dir,
            _file: file,
        })
    }

    /// Locks a part unless its process is alive. The file may be missing.
    pub(super) fn of_dead(part: &Path) -> Option<Self> {
        let dir = lock_dir(part).ok()?;
        let path = part.join(LOCK);
        if path.symlink_metadata().is_ok() && !is_file(&path) {
            return None;
        }
        let file = open_or_create_file(&path).ok()?;
        file.try_lock().ok()?;
        Some(Self {
            _dir: dir,
            _file: file,
        })
    }
}

/// Locks a directory; `None` where that is not possible.
///
/// # Errors
///
/// If another process holds the lock.
fn lock_dir(dir: &Path) -> io::Result<Option<File>> {
    let Ok(dir) = File::open(dir) else {
        return Ok(None);
    };
    match dir.try_lock() {
        Ok(()) => Ok(Some(dir)),
        Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
        Err(TryLockError::Error(_)) => Ok(None),
    }
}
