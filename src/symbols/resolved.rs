//! What is found out about one address.

use std::sync::Arc;

use crate::report::debug_image::DebugImage;
use crate::report::frame::Frame;
use crate::text::prefix;

/// The frames of one address, innermost first: several if functions were inlined, none if it could not be resolved.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) frames: Vec<Frame>,
    /// The file that the code belongs to, if it is known.
    pub(super) image: Option<Arc<DebugImage>>,
}

/// The most bytes of a function's name or a path that are kept; the names of generic functions have no limit.
const MAX_TEXT: usize = 1024;

pub(super) fn short(text: &str) -> String {
    prefix(text, MAX_TEXT).to_owned()
}
