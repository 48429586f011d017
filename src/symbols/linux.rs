//! Resolves addresses on Linux, by the files that are mapped to them.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::files::CodeFile;
use super::maps::{self, Mapping};
use super::resolved::Resolved;

/// The files that were read. All workers of the process share them, because a file may take as much memory as the
/// program's debug information. Only workers wait for the lock.
static FILES: Mutex<Files> = Mutex::new(Files(BTreeMap::new()));

/// Keyed by device and inode; `None` for files that cannot be read.
struct Files(BTreeMap<String, Option<CodeFile>>);

/// The most files that are kept loaded; beyond that, all are dropped.
const MAX_FILES: usize = 64;

/// Resolves the calls that return to these addresses.
pub(super) fn resolve(addresses: &[u64]) -> Vec<Resolved> {
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    let mappings = maps::read();
    let addresses = addresses.iter();
    addresses.map(|it| files.at(*it, &mappings)).collect()
}

/// Whether files are kept.
pub(super) fn has_loaded() -> bool {
    let files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    !files.0.is_empty()
}

/// Drops the files, which are read again when they are needed.
pub(super) fn release() {
    FILES
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .0
        .clear();
}

/// Whether addresses are being resolved at the moment.
pub(super) fn is_busy() -> bool {
    matches!(FILES.try_lock(), Err(std::sync::TryLockError::WouldBlock))
}

impl Files {
    fn at(&mut self, address: u64, mappings: &[Mapping]) -> Resolved {
        // The call precedes the address that it returns to, which may belong to the next line or the next function.
        let call = address.saturating_sub(1);
        let found = mappings.iter().find_map(|mapping| {
            let offset = mapping.offset(call)?;
            Some((mapping, offset))
        });
        let Some((mapping, offset)) = found else {
            return Resolved::default();
        };
        if self.0.len() >= MAX_FILES && !self.0.contains_key(&mapping.file) {
            self.0.clear();
        }
        let file = self.0.entry(mapping.file.clone());
        let file = file.or_insert_with(|| CodeFile::open(&mapping.path));
        let resolved = file
            .as_mut()
            .map(|file| file.resolve(call, offset, address));
        resolved.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backtrace::Backtrace;
    use crate::report::frame::Frame;

    #[test]
    fn an_address_of_nothing_has_no_frame() {
        for resolved in resolve(&[0, 7, u64::MAX]) {
            assert!(resolved.frames.is_empty() && resolved.image.is_none());
        }
    }

    #[test]
    fn the_function_of_an_address_and_its_file_in_memory_are_found() {
        let backtrace = Backtrace::capture().unwrap();
        let addresses: Vec<u64> = backtrace.addresses().iter().map(|it| *it as u64).collect();
        let name = "the_function_of_an_address_and_its_file_in_memory_are_found";
        let is_this = |frame: &Frame| frame.function.as_ref().is_some_and(|it| it.contains(name));
        for _ in 0..2 {
            let resolved = resolve(&addresses);
            let this = resolved.iter().find(|it| it.frames.iter().any(is_this));
            let Resolved { frames, image } = this.expect("this function");
            let this = frames.iter().find(|frame| is_this(frame)).unwrap();
            assert!(this.file.as_ref().unwrap().ends_with("symbols/linux.rs"));
            assert!(this.line.is_some());
            let image = image.as_ref().unwrap();
            assert!(image.contains(this.address), "{image:?}");
            assert!(!image.contains(image.address - 1) && !image.debug_id.is_nil());
            release();
        }
    }

    #[test]
    fn capturing_a_backtrace_does_not_wait_while_another_is_symbolized() {
        let files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
        let captured = std::thread::spawn(|| Backtrace::capture().unwrap().addresses().len());
        assert!(captured.join().unwrap() > 0);
        assert!(is_busy());
        drop(files);
    }
}
