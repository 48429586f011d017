//! A cache of resolved frames, because the next report shares many of them.

use std::collections::BTreeMap;

use super::files::CodeFile;
use super::maps;
use super::maps::Mapping;
use crate::report::frame::Frame;

pub(super) struct Table {
    mappings: Vec<Mapping>,
    /// Keyed by device and inode; `None` for files that cannot be read.
    files: BTreeMap<String, Option<CodeFile>>,
    known: BTreeMap<u64, Vec<Frame>>,
}

/// The most files that are kept loaded; beyond that, all are dropped.
const MAX_FILES: usize = 64;
/// The most addresses whose frames are kept; beyond that, all are forgotten.
const MAX_KNOWN: usize = 4096;

impl Table {
    pub(super) const fn new() -> Self {
        Self {
            mappings: Vec::new(),
            files: BTreeMap::new(),
            known: BTreeMap::new(),
        }
    }

    /// Reads the mappings of the process again, if one of these addresses is not known yet.
    pub(super) fn refresh(&mut self, mut addresses: impl Iterator<Item = u64>) {
        if addresses.any(|address| !self.known.contains_key(&address)) {
            self.mappings = maps::read();
        }
    }

    /// Returns the frames of the call that returns to this address, or one with only the address if it cannot be
    /// resolved.
    pub(super) fn frames_at(&mut self, address: u64) -> Vec<Frame> {
        if let Some(frames) = self.known.get(&address) {
            return frames.clone();
        }
        let frame = Frame {
            address,
            ..Frame::default()
        };
        // The call precedes the address that it returns to, which may belong to the next line or the next function.
        let mut frames = self.find(address.saturating_sub(1), &frame);
        if frames.is_empty() {
            frames.push(frame);
        }
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        self.known.insert(address, frames.clone());
        frames
    }

    fn find(&mut self, address: u64, frame: &Frame) -> Vec<Frame> {
        let found = self.mappings.iter().find_map(|mapping| {
            let offset = mapping.offset(address)?;
            Some((mapping, offset))
        });
        let Some((mapping, offset)) = found else {
            return Vec::new();
        };
        if self.files.len() >= MAX_FILES && !self.files.contains_key(&mapping.file) {
            self.files.clear();
        }
        let file = self
            .files
            .entry(mapping.file.clone())
            .or_insert_with(|| CodeFile::open(&mapping.path));
        let frames = file.as_ref().map(|file| file.frames(offset, frame));
        frames.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_nothing_is_a_frame_with_only_the_address() {
        let mut table = Table::new();
        table.refresh([7].into_iter());
        for _ in 0..2 {
            let frames = table.frames_at(7);
            let [frame] = &*frames else {
                panic!("{frames:?}");
            };
            let unknown = (frame.function.as_ref(), frame.file.as_ref(), frame.line);
            assert_eq!((frame.address, unknown), (7, (None, None, None)));
        }
        assert!(table.frames_at(0).len() == 1);
    }

    #[test]
    fn what_is_kept_is_bounded() {
        let mut table = Table::new();
        for address in 0..=2 * MAX_KNOWN as u64 {
            table.frames_at(address);
        }
        assert!(table.known.len() <= MAX_KNOWN);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn the_function_of_an_address_is_found() {
        let backtrace = crate::backtrace::Backtrace::capture().unwrap();
        let mut table = Table::new();
        let addresses = backtrace.addresses().iter().map(|address| *address as u64);
        table.refresh(addresses.clone());
        let frames: Vec<Frame> = addresses.flat_map(|it| table.frames_at(it)).collect();
        let name = "the_function_of_an_address_is_found";
        let is_this = |frame: &&Frame| frame.function.as_ref().is_some_and(|it| it.contains(name));
        let this = frames.iter().find(is_this).expect("this function");
        assert!(this.file.as_ref().unwrap().ends_with("symbols/table.rs"));
        assert!(this.line.is_some());
    }
}
