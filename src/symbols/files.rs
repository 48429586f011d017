//! The debug information of an executable or a shared library.

use std::fs::File;
use std::path::{Path, PathBuf};

use addr2line::Loader;
use object::{Object as _, ObjectSegment as _, ReadCache};

use super::names;
use crate::report::frame::Frame;
use crate::text::prefix;

/// A file whose code runs in this process.
pub(super) struct CodeFile {
    loader: Loader,
    /// For each loaded segment: its offset in the file, its length in the file, and its virtual address.
    segments: Vec<(u64, u64, u64)>,
}

/// The most bytes of a function's name or a path that are kept; the names of generic functions have no limit.
const MAX_TEXT: usize = 1024;

impl CodeFile {
    /// Reads the file; `None` if that fails.
    pub(super) fn open(path: &Path) -> Option<Self> {
        let path = existing(path)?;
        let cache = ReadCache::new(File::open(&path).ok()?);
        let object = object::File::parse(&cache).ok()?;
        let segments = object.segments().map(|segment| {
            let (offset, len) = segment.file_range();
            (offset, len, segment.address())
        });
        let segments = segments.collect();
        Some(Self {
            loader: Loader::new(&path).ok()?,
            segments,
        })
    }

    /// Returns the functions at this offset of the file, innermost first, including inlined ones.
    pub(super) fn frames(&self, offset: u64, frame: &Frame) -> Vec<Frame> {
        let Some(address) = self.address(offset) else {
            return Vec::new();
        };
        let mut frames = self.debug_frames(address, frame);
        // With line tables only, a function has no name, or one without its path.
        let is_named = |frame: &Frame| frame.function.as_deref().is_some_and(names::has_crate);
        match frames.last_mut() {
            Some(outermost) if is_named(outermost) => {}
            Some(outermost) => {
                if let Some(function) = self.symbol(address) {
                    outermost.function = Some(function);
                }
            }
            None => frames.extend(self.symbol(address).map(|function| Frame {
                function: Some(function),
                ..frame.clone()
            })),
        }
        frames
    }

    fn address(&self, offset: u64) -> Option<u64> {
        self.segments.iter().find_map(|(start, len, address)| {
            let inside = offset.checked_sub(*start).filter(|inside| inside < len)?;
            address.checked_add(inside)
        })
    }

    fn debug_frames(&self, address: u64, frame: &Frame) -> Vec<Frame> {
        let mut frames = Vec::new();
        let Ok(mut found) = self.loader.find_frames(address) else {
            return frames;
        };
        while let Ok(Some(next)) = found.next() {
            let function = next.function.as_ref();
            let location = next.location.as_ref();
            frames.push(Frame {
                function: function
                    .and_then(|name| name.demangle().ok())
                    .map(|name| short(&name)),
                file: location.and_then(|it| it.file).map(short),
                line: location.and_then(|it| it.line).filter(|line| *line > 0),
                column: location
                    .and_then(|it| it.column)
                    .filter(|column| *column > 0),
                ..frame.clone()
            });
        }
        frames
    }

    /// Returns the name in the symbol table, which exists even without debug information, unless the file was stripped.
    fn symbol(&self, address: u64) -> Option<String> {
        let name = self.loader.find_symbol(address)?;
        Some(short(&addr2line::demangle_auto(name.into(), None)))
    }
}

/// Returns the path at which the file can be read: a program that was replaced while it runs is no longer at its own
/// path.
fn existing(path: &Path) -> Option<PathBuf> {
    const RUNNING: &str = "/proc/self/exe";
    if path.is_file() {
        return Some(path.to_owned());
    }
    let running = std::fs::read_link(RUNNING).ok()?;
    (running == path).then(|| PathBuf::from(RUNNING))
}

fn short(text: &str) -> String {
    prefix(text, MAX_TEXT).to_owned()
}
