//! The debug information of an executable or a shared library.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use addr2line::Loader;

use super::debug_files;
use super::elf::Headers;
use super::names;
use super::resolved::{Resolved, short};
use crate::report::debug_image::DebugImage;
use crate::report::frame::Frame;

/// A file whose code runs in this process.
pub(super) struct CodeFile {
    path: String,
    headers: Headers,
    loader: Loader,
    /// Its separate debug file, if it has no debug information itself.
    debug_file: Option<Loader>,
    image: Option<Arc<DebugImage>>,
}

impl CodeFile {
    /// Reads the file; `None` if that fails.
    pub(super) fn open(path: &Path) -> Option<Self> {
        let readable = existing(path)?;
        let headers = Headers::read(&readable)?;
        let separate = (!headers.has_debug_info && !is_of_system(path))
            .then(|| debug_files::find(&readable, &headers, Path::new(debug_files::INSTALLED)))
            .flatten();
        Some(Self {
            path: short(&path.to_string_lossy()),
            loader: Loader::new(&readable).ok()?,
            debug_file: separate.and_then(|path| Loader::new(path).ok()),
            headers,
            image: None,
        })
    }

    /// Returns what is at this address of the process and offset of the file: the functions, including inlined ones, of
    /// the call that returns to `returns_to`.
    pub(super) fn resolve(&mut self, call: u64, offset: u64, returns_to: u64) -> Resolved {
        let Some(address) = self.headers.address(offset) else {
            return Resolved::default();
        };
        Resolved {
            frames: self.frames(address, returns_to),
            image: Some(self.image(call.wrapping_sub(address))),
        }
    }

    fn frames(&self, address: u64, returns_to: u64) -> Vec<Frame> {
        let frame = Frame::new(returns_to);
        let debug_info = self.debug_file.as_ref().unwrap_or(&self.loader);
        let mut frames = debug_frames(debug_info, address, &frame);
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

    /// Returns the name in the symbol table, which exists even without debug information, unless the file was stripped.
    fn symbol(&self, address: u64) -> Option<String> {
        let mut loaders = self.debug_file.iter().chain([&self.loader]);
        let name = loaders.find_map(|loader| loader.find_symbol(address))?;
        Some(short(&addr2line::demangle_auto(name.into(), None)))
    }

    /// The file in memory, where its virtual addresses start at `base`.
    fn image(&mut self, base: u64) -> Arc<DebugImage> {
        let (start, end) = self.headers.addresses;
        let image = self.image.get_or_insert_with(|| {
            Arc::new(DebugImage {
                file: self.path.clone(),
                build_id: self.headers.build_id.clone(),
                debug_id: self.headers.debug_id,
                address: base.wrapping_add(start),
                size: end - start,
            })
        });
        Arc::clone(image)
    }
}

fn debug_frames(loader: &Loader, address: u64, frame: &Frame) -> Vec<Frame> {
    let mut frames = Vec::new();
    let Ok(mut found) = loader.find_frames(address) else {
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

/// Whether the file is a library of the system. Its symbol table names what others call, and its debug files are large.
fn is_of_system(path: &Path) -> bool {
    let folders = [
        "/lib",
        "/lib32",
        "/lib64",
        "/usr/lib",
        "/usr/lib32",
        "/usr/lib64",
    ];
    folders.iter().any(|folder| path.starts_with(folder))
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
