//! The frames of the addresses that were resolved so far, because the next report shares many of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::names;
use crate::report::debug_image::DebugImage;
use crate::report::frame::Frame;

/// The most addresses that are kept; beyond that, all are forgotten.
const MAX_KNOWN: usize = 4096;

/// Finished frames by address: redacted, with their source.
#[derive(Debug, Default)]
pub(super) struct Known(BTreeMap<u64, KnownFrames>);

/// The frames of one address, innermost first.
#[derive(Debug)]
pub(super) struct KnownFrames {
    pub(super) frames: Box<[KnownFrame]>,
    /// The file that the code belongs to, if a tracker could say more about it.
    pub(super) image: Option<Arc<DebugImage>>,
}

#[derive(Clone, Debug)]
pub(super) struct KnownFrame {
    pub(super) frame: Arc<Frame>,
    pub(super) place: Place,
}

/// What a frame at the inner end of a backtrace is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Place {
    /// It only created the error or captured the backtrace.
    Machinery,
    /// It could be either.
    Unclear,
    /// It is where the failure occurred.
    Failure,
}

impl KnownFrame {
    pub(super) fn new(frame: Arc<Frame>) -> Self {
        let place = if frame.function.as_deref().is_some_and(names::is_machinery) {
            Place::Machinery
        } else if names::is_bare_and_foreign(&frame) {
            Place::Unclear
        } else {
            Place::Failure
        };
        Self { frame, place }
    }
}

impl Known {
    /// Forgets all addresses, if there is not room for so many more.
    pub(super) fn make_room(&mut self, addresses: usize) {
        if self.0.len() + addresses > MAX_KNOWN {
            self.0.clear();
        }
    }

    pub(super) fn get(&self, address: u64) -> Option<&KnownFrames> {
        self.0.get(&address)
    }

    pub(super) fn insert(&mut self, address: u64, frames: KnownFrames) {
        self.0.insert(address, frames);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_bounded() {
        let mut known = Known::default();
        for address in 0..=2 * MAX_KNOWN as u64 {
            known.make_room(1);
            let frame = KnownFrame::new(Arc::new(Frame::new(address)));
            let frames = KnownFrames {
                frames: Box::new([frame]),
                image: None,
            };
            known.insert(address, frames);
            assert!(known.get(address).is_some());
        }
        assert!(known.0.len() <= MAX_KNOWN);
    }
}
