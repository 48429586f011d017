//! [`Symbolizer`]: replaces the addresses of reports with frames, within a timeout if there is one.

use std::sync::Arc;

use super::SymbolSettings;
use crate::disclosure::Redactor;
use crate::report::debug_image::DebugImage;
use crate::report::frame::Frame;

/// Resolves the addresses of one pipeline's reports. Its frames are redacted, and shared by all reports.
#[derive(Debug)]
pub(crate) struct Symbolizer {
    #[cfg_attr(
        not(feature = "frames"),
        expect(dead_code, reason = "no frames to make")
    )]
    pub(super) settings: SymbolSettings,
    #[cfg_attr(
        not(feature = "frames"),
        expect(dead_code, reason = "no frames to make")
    )]
    pub(super) redactor: Redactor,
    #[cfg(feature = "frames")]
    pub(super) known: std::sync::Mutex<super::known::Known>,
}

/// A backtrace with frames instead of addresses.
#[derive(Debug, Default)]
pub(crate) struct Symbolized {
    pub(crate) frames: Vec<Arc<Frame>>,
    pub(crate) debug_images: Vec<Arc<DebugImage>>,
    /// Whether there were more frames than a report may have.
    pub(crate) is_trimmed: bool,
}

impl Symbolizer {
    pub(crate) fn new(settings: SymbolSettings, redactor: Redactor) -> Self {
        Self {
            settings,
            redactor,
            #[cfg(feature = "frames")]
            known: std::sync::Mutex::default(),
        }
    }

    /// Whether debug information is in memory.
    pub(crate) fn has_loaded(&self) -> bool {
        #[cfg(feature = "frames")]
        {
            super::resolver::has_loaded()
        }
        #[cfg(not(feature = "frames"))]
        {
            false
        }
    }

    /// Drops the debug information, which is read again when an address is not known yet. Frames stay.
    pub(crate) fn release(&self) {
        #[cfg(feature = "frames")]
        super::resolver::release();
    }

    /// Without the feature `frames` there is nothing that resolves addresses.
    #[cfg(not(feature = "frames"))]
    pub(crate) fn symbolize(
        self: &Arc<Self>,
        _: &[Arc<Frame>],
        _: Option<std::time::Duration>,
    ) -> Option<Symbolized> {
        None
    }
}
