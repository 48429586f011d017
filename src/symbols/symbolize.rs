//! From addresses to the frames of a report.

use std::sync::{Arc, PoisonError, TryLockError, mpsc};
use std::time::Duration;

use super::known::{Known, KnownFrame, KnownFrames, Place};
use super::redact_frame::redact_frame;
use super::resolved::Resolved;
use super::symbolizer::{Symbolized, Symbolizer};
use super::{names, resolver, source};
use crate::panics::catch::catch_panic;
use crate::report::debug_image::DebugImage;
use crate::report::frame::Frame;

/// The most frames of a report. One address may resolve to several frames, because functions are inlined.
const MAX_FRAMES: usize = 128;
/// The most frames of a report that show source.
const MAX_WITH_SOURCE: usize = 32;
/// The most images of a report.
const MAX_IMAGES: usize = 32;

impl Symbolizer {
    /// Replaces addresses with frames, without those that only captured the backtrace; `None` if there are none, or if
    /// that takes longer than the timeout. The work then continues on a thread of its own, so that the next report can
    /// use its results.
    pub(crate) fn symbolize(
        self: &Arc<Self>,
        frames: &[Arc<Frame>],
        timeout: Option<Duration>,
    ) -> Option<Symbolized> {
        match timeout {
            _ if frames.is_empty() => None,
            None => Some(self.all(frames)),
            Some(timeout) => self.within(frames, timeout),
        }
    }

    fn within(self: &Arc<Self>, frames: &[Arc<Frame>], timeout: Duration) -> Option<Symbolized> {
        if matches!(self.known.try_lock(), Err(TryLockError::WouldBlock)) || resolver::is_busy() {
            // Another report is being symbolized, and this one is stored first.
            return None;
        }
        let (done, found) = mpsc::channel();
        let (symbolizer, frames) = (Arc::clone(self), frames.to_vec());
        let find = move || {
            let symbolized = catch_panic(|| symbolizer.all(&frames));
            let _ = done.send(symbolized);
        };
        let thread = std::thread::Builder::new().name("backstop-symbols".to_owned());
        thread.spawn(find).ok()?;
        found.recv_timeout(timeout).ok().flatten()
    }

    fn all(&self, frames: &[Arc<Frame>]) -> Symbolized {
        // A callback of the application may have added any number.
        let given = &frames[..frames.len().min(2 * MAX_FRAMES)];
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        self.learn(given, &mut known);
        let mut found: Vec<KnownFrame> = Vec::with_capacity(given.len() * 2);
        let mut debug_images: Vec<Arc<DebugImage>> = Vec::new();
        for frame in given {
            let known = known.get(frame.address).filter(|_| is_address(frame));
            let Some(KnownFrames { frames, image }) = known else {
                found.push(KnownFrame::new(Arc::clone(frame)));
                continue;
            };
            found.extend(frames.iter().cloned());
            let is_new = |image: &&Arc<DebugImage>| {
                debug_images.len() < MAX_IMAGES
                    && !debug_images.iter().any(|it| Arc::ptr_eq(it, image))
            };
            if let Some(image) = image.as_ref().filter(is_new) {
                debug_images.push(Arc::clone(image));
            }
        }
        drop(known);
        let found = without_machinery(&found);
        Symbolized {
            frames: with_limited_source(&found[..found.len().min(MAX_FRAMES)]),
            debug_images,
            is_trimmed: given.len() < frames.len() || found.len() > MAX_FRAMES,
        }
    }

    /// Resolves the addresses that are not known yet.
    fn learn(&self, frames: &[Arc<Frame>], known: &mut Known) {
        known.make_room(frames.len());
        let addresses = frames.iter().filter(|frame| is_address(frame));
        let addresses = addresses.map(|frame| frame.address);
        let addresses: Vec<u64> = addresses.filter(|it| known.get(*it).is_none()).collect();
        if addresses.is_empty() {
            return;
        }
        for (address, resolved) in addresses.iter().zip(resolver::resolve(&addresses)) {
            known.insert(*address, self.finish(*address, resolved));
        }
    }

    fn finish(&self, address: u64, resolved: Resolved) -> KnownFrames {
        let Resolved { mut frames, image } = resolved;
        if frames.is_empty() {
            frames.push(Frame::new(address));
        }
        let image = image.filter(|_| frames.iter().any(|frame| frame.line.is_none()));
        let frames = frames.into_iter().map(|mut frame| {
            frame.in_app = names::is_in_app(&frame, &self.settings.in_app);
            source::show(&mut frame, self.settings.context_lines);
            redact_frame(&self.redactor, &mut frame);
            KnownFrame::new(Arc::new(frame))
        });
        KnownFrames {
            frames: frames.collect(),
            image,
        }
    }
}

/// Whether a frame has nothing but its address. A callback of the application may have resolved it already.
fn is_address(frame: &Frame) -> bool {
    frame.function.is_none() && frame.file.is_none()
}

/// Leaves out the innermost frames, which created the error and captured the backtrace.
fn without_machinery(frames: &[KnownFrame]) -> &[KnownFrame] {
    let mut first = 0;
    for (index, frame) in frames.iter().enumerate() {
        match frame.place {
            Place::Machinery => first = index + 1,
            Place::Unclear => {}
            Place::Failure => break,
        }
    }
    &frames[first..]
}

/// Leaves out the source of all but the innermost of the application's own frames.
fn with_limited_source(frames: &[KnownFrame]) -> Vec<Arc<Frame>> {
    let mut shown = 0;
    let frames = frames.iter().map(|KnownFrame { frame, .. }| {
        shown += usize::from(!frame.source.is_empty());
        if shown <= MAX_WITH_SOURCE || frame.source.is_empty() {
            return Arc::clone(frame);
        }
        Arc::new(Frame {
            source: Vec::new(),
            ..Frame::clone(frame)
        })
    });
    frames.collect()
}
