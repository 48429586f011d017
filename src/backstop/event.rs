//! Callbacks of `on_error`.

use std::fmt;
use std::sync::Arc;

use crate::panics::catch::catch_panic;
use crate::report::error_event::ErrorEvent;

/// A registered callback.
#[derive(Clone)]
pub(super) struct OnError(pub(super) Arc<Callback>);

type Callback = dyn Fn(&ErrorEvent<'_>) + Send + Sync;

impl OnError {
    /// A callback that panics changes nothing.
    pub(super) fn call(&self, event: &ErrorEvent<'_>) {
        catch_panic(|| (self.0)(event));
    }
}

impl fmt::Debug for OnError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnError(…)")
    }
}
