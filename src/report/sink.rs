//! Where captured failures go.

use super::Captured;

/// Takes what was captured on the request's path, without ever waiting.
pub(crate) trait Sink: Send + Sync {
    /// Takes it, or counts that it could not.
    fn capture(&self, captured: Captured);
}
