//! What a spool keeps besides reports: files that contain none, set aside so that they can be examined, and what
//! processes left that died while they opened the spool. Neither grows without bound.

use std::fs::{self, Metadata};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::dead_part::{DeadPart, TEMPORARY};
use super::private_files::{create_file, entries, file_name};

/// The ending of files that were set aside.
const ENDING: &str = "bad";
/// How many of them are kept, and their size together in bytes; the oldest ones are removed first.
const MAX_FILES: usize = 100;
const MAX_BYTES: u64 = 16 * 1024 * 1024;
/// When a directory whose name is temporary counts as left behind.
const MAX_OPENING: Duration = Duration::from_secs(60 * 60);

/// Renames a file to end in `.bad`, in the root of the spool.
pub(super) fn set_aside(root: &Path, path: &Path) {
    let name = file_name(path).unwrap_or("file");
    let _ = fs::rename(path, aside(root, name));
}

/// Writes contents that are not a report to a file that ends in `.bad`.
pub(super) fn write_aside(root: &Path, name: &str, contents: &[u8]) {
    if let Ok(mut file) = create_file(&aside(root, name)) {
        let _ = file.write_all(contents);
    }
}

fn aside(root: &Path, name: &str) -> PathBuf {
    root.join(format!("{name}.{ENDING}"))
}

/// Removes the files set aside that are older than `max_age` or more than are kept, and directories that processes
/// left behind which died while they created them. `own` is the metadata of something of this user.
pub(super) fn clean_up(root: &Path, max_age: Duration, own: &Metadata) {
    let now = SystemTime::now();
    let mut aside = Vec::new();
    for path in entries(root) {
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            continue;
        };
        let age = age(&metadata, now);
        let name = file_name(&path).unwrap_or_default();
        if name.starts_with(TEMPORARY) && metadata.is_dir() {
            if age > MAX_OPENING
                && let Some(part) = DeadPart::lock(path, own)
            {
                let _ = fs::remove_dir_all(part.path());
            }
        } else if path.extension().is_some_and(|ending| ending == ENDING) {
            aside.push((age, path, metadata));
        }
    }
    aside.sort_by_key(|(age, ..)| *age);
    let mut bytes = 0;
    for (index, (age, path, metadata)) in aside.iter().enumerate() {
        bytes += metadata.len();
        if index < MAX_FILES && bytes <= MAX_BYTES && *age <= max_age {
            continue;
        }
        let _ = match metadata.is_dir() {
            true => fs::remove_dir_all(path),
            false => fs::remove_file(path),
        };
    }
}

/// How long ago a file was written. A time in the future, from a clock that ran ahead, is as far away.
fn age(metadata: &Metadata, now: SystemTime) -> Duration {
    let written = metadata.modified().unwrap_or(now);
    let age = now.duration_since(written);
    age.unwrap_or_else(|ahead| ahead.duration())
}
