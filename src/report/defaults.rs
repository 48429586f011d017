//! What every report of a Backstop starts from.

use std::collections::BTreeMap;

use serde_json::Value;

use super::environment::App;

/// What every report of a Backstop starts from.
#[derive(Debug, Default)]
pub(crate) struct ReportDefaults {
    pub(crate) app: App,
    pub(crate) attributes: BTreeMap<String, Value>,
    /// Whether reports of errors include the backtrace of where the error was created; those of panics always do.
    pub(crate) backtraces: bool,
}

impl ReportDefaults {
    /// The application, if anything is known about it.
    pub(super) fn app(&self) -> Option<App> {
        (!self.app.is_empty()).then(|| self.app.clone())
    }
}
