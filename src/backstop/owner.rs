//! What the owner wants to hear of, and what every report says: the settings.

use std::error::Error as StdError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::policy::Reported;
use super::{Builder, ErrorEvent};
use crate::disclosure::Redactor;
use crate::error::{Failure, Origin};
use crate::report::{Dispatch, EventSink, Report, ReportDefaults, Scalar};

/// The settings so far.
#[derive(Default)]
pub(super) struct OwnerSettings {
    defaults: ReportDefaults,
    pub(super) reported: Reported,
    tap: Option<Arc<dyn EventSink>>,
}

impl OwnerSettings {
    /// Whether errors are made with a backtrace for this Backstop.
    pub(super) const fn wants_backtraces(&self) -> bool {
        self.defaults.backtraces
    }

    pub(super) const fn capture_backtraces(&mut self, capture: bool) {
        self.defaults.backtraces = capture;
    }

    /// The owner that scopes see, with the pipeline as its sink, if there is one. It is the one place where the
    /// redactor meets the reports' URLs.
    pub(super) fn owner(
        &mut self,
        redactor: &Redactor,
        sink: Option<Arc<dyn EventSink>>,
    ) -> Dispatch {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let mut defaults = std::mem::take(&mut self.defaults);
        let redactor = redactor.clone();
        defaults.url = Some(Box::new(move |uri| redactor.uri(uri)));
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Dispatch::new(number, sink.or_else(|| self.tap.take()), defaults)
    }
}

impl std::fmt::Debug for OwnerSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnerSettings")
            .field("defaults", &self.defaults)
            .field("reported", &self.reported)
            .finish_non_exhaustive()
    }
}

impl Builder {
    /// Decides which failures are reported: it narrows or widens the default, which is every status from 500
    /// on, every panic and every failed body. It runs on the request's task, so it should be quick; one that
    /// panics leaves the default. Set twice, the last one counts. What the application reports itself
    /// ([`notify`](crate::notify), [`intercept`](crate::report::Intercept::intercept)) it is not asked about.
    ///
    /// ```
    /// use backstop::Backstop;
    /// use http::StatusCode;
    ///
    /// let backstop = Backstop::production()
    ///     .filter(|event| event.is_reported_by_default() || event.status() == StatusCode::CONFLICT)
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn filter(
        mut self,
        filter: impl Fn(&ErrorEvent<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.owner.reported.filter = Some(Arc::new(filter));
        self
    }

    /// Never reports failures that come by this way. Default: all are reported.
    pub fn ignore_origin(mut self, origin: Origin) -> Self {
        self.owner.reported.ignored_origins.push(origin);
        self
    }

    /// Never reports failures with an error of type `E` in their cause chain, but what the application reports
    /// itself.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// let backstop = Backstop::production().ignore::<std::fmt::Error>().build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn ignore<E: StdError + 'static>(mut self) -> Self {
        let is_ignored = |failure: &Failure| failure.downcast_ref::<E>().is_some();
        self.owner.reported.ignored.push(Arc::new(is_ignored));
        self
    }

    /// An attribute of every report; a scope's of the same key wins.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<Scalar>) -> Self {
        let attributes = &mut self.owner.defaults.attributes;
        attributes.insert(key.into(), value.into().into_value());
        self
    }

    /// The application, as reports name it.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// let backstop = Backstop::production().app(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn app(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        let app = &mut self.owner.defaults.app;
        app.name = Some(name.into());
        app.version = Some(version.into());
        self
    }

    /// Where the application runs, as reports name it: `production`, `staging`.
    pub fn release_stage(mut self, stage: impl Into<String>) -> Self {
        self.owner.defaults.app.release_stage = Some(stage.into());
        self
    }

    /// Calls back with every report at once, on the thread that failed. For this crate's own tests.
    #[doc(hidden)]
    pub fn tap(mut self, receive: impl Fn(Report) + Send + Sync + 'static) -> Self {
        self.owner.tap = Some(Arc::new(Tap(receive)));
        self
    }
}

struct Tap<F>(F);

impl<F: Fn(Report) + Send + Sync + 'static> EventSink for Tap<F> {
    fn capture(&self, captured: Box<crate::report::Event>) {
        let edits = captured.edits();
        let mut report = captured.into_report();
        if edits.apply(&mut report) {
            (self.0)(report);
        }
    }
}
