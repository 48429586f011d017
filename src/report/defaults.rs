//! What every report of a Backstop starts from.

use std::collections::BTreeMap;
use std::fmt;

use http::Uri;
use serde_json::Value;

use super::environment::App;

/// What every report of a Backstop starts from.
#[derive(Default)]
pub(crate) struct ReportDefaults {
    pub(crate) app: App,
    pub(crate) attributes: BTreeMap<String, Value>,
    /// Whether reports of errors include the backtrace of where the error was created; those of panics always do.
    pub(crate) backtraces: bool,
    /// Writes path and query with secrets redacted; without it a report has the path only.
    pub(crate) url: Option<Box<UrlWriter>>,
}

pub(crate) type UrlWriter = dyn Fn(&Uri) -> String + Send + Sync;

impl ReportDefaults {
    /// The application, if anything is known about it.
    pub(super) fn app(&self) -> Option<App> {
        (!self.app.is_empty()).then(|| self.app.clone())
    }

    /// The URL of a request as reports show it.
    pub(super) fn url(&self, uri: &Uri) -> Option<String> {
        self.url.as_ref().map(|write| write(uri))
    }
}

impl fmt::Debug for ReportDefaults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReportDefaults")
            .field("app", &self.app)
            .field("attributes", &self.attributes)
            .finish_non_exhaustive()
    }
}
