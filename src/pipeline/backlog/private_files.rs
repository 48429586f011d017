//! Files and directories that only this user may read and write.

use std::fs::{self, DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// Whether it is a file itself, not a symbolic link to one.
pub(super) fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file())
}

pub(super) fn file_name(path: &Path) -> Option<&str> {
    path.file_name()?.to_str()
}

pub(super) fn entries(dir: &Path) -> impl Iterator<Item = PathBuf> + use<> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|entry| entry.path())
}

/// Creates a directory that does not exist yet.
pub(super) fn create_dir(path: &Path) -> io::Result<()> {
    private(&mut DirBuilder::new()).create(path)
}

/// Creates a directory and those above it that do not exist yet.
pub(super) fn create_dirs(path: &Path) -> io::Result<()> {
    private(DirBuilder::new().recursive(true)).create(path)
}

/// Creates a file that does not exist yet.
pub(super) fn create_file(path: &Path) -> io::Result<File> {
    private_file(OpenOptions::new().write(true).create_new(true)).open(path)
}

/// Opens a file for writing, creating it if it does not exist.
pub(super) fn open_or_create_file(path: &Path) -> io::Result<File> {
    private_file(OpenOptions::new().write(true).create(true)).open(path)
}

/// Syncs the entries of a directory to disk.
pub(super) fn sync_dir(dir: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // On Windows a directory cannot be opened as a file, and a rename is on disk when it returns.
        return Ok(());
    }
    File::open(dir)?.sync_all()
}

/// Checks that no other user can put files into a directory. `own` is the metadata of something that this process has
/// created, which shows the user of the process.
pub(super) fn check_is_private(dir: &Metadata, own: &Metadata) -> io::Result<()> {
    if !is_of_same_user(dir, own) {
        return Err(io::Error::other("it belongs to another user"));
    }
    if is_writable_for_others(dir) {
        return Err(io::Error::other("other users may write to it"));
    }
    Ok(())
}

pub(super) fn is_of_same_user(one: &Metadata, other: &Metadata) -> bool {
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

fn is_writable_for_others(metadata: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        metadata.permissions().mode() & 0o022 != 0
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        false
    }
}

fn private(builder: &mut DirBuilder) -> &mut DirBuilder {
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(builder, 0o700);
    builder
}

fn private_file(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
