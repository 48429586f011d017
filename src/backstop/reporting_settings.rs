//! Which failures are reported, and how: the settings.

use std::error::Error as StdError;

use http::HeaderName;

use super::config_error::ConfigError;
use super::in_app::InApp;
use super::report_policy::ReportPolicy;
use crate::pipeline::{Listeners, OutcomeEvent, QueueLimits, RateLimit, Settings};
use crate::report::error_event::ErrorEvent;

/// Which failures are reported, what their reports contain, and how many may be queued.
///
/// A failure passes these settings in order: [`filter`](Self::filter) and [`ignore`](Self::ignore),
/// [`sample_rate`](Self::sample_rate), [`rate_limit`](Self::rate_limit), [`queue`](Self::queue). One that is dropped is
/// counted under the reason in [`Backstop::stats`](crate::Backstop::stats).
///
/// ```
/// use backstop::Backstop;
/// use backstop::settings::{RateLimit, Reporting};
/// use http::StatusCode;
///
/// let reporting = Reporting::new()
///     .filter(|event| event.is_reported_by_default() || event.status() == StatusCode::CONFLICT)
///     .ignore::<std::fmt::Error>()
///     .rate_limit(RateLimit { per_failure: Some(60), overall: Some(1_000) });
/// let backstop = Backstop::production().reporting(reporting).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are passed to a builder"]
pub struct Reporting {
    pub(super) policy: ReportPolicy,
    pub(super) keep_headers: Vec<HeaderName>,
    pub(super) capture_backtraces: Option<bool>,
    sample_rate: Option<f64>,
    rate_limit: Option<RateLimit>,
    queue: Option<QueueLimits>,
    context_lines: Option<usize>,
    in_app: InApp,
    on_outcome: Listeners,
}

impl Reporting {
    /// Creates a group that leaves every setting as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides which failures are reported. Default: every status of 500 or above, every panic and every failed body.
    ///
    /// The filter runs on the request's task, so it should be quick. If it panics, the default applies. What the
    /// application reports itself ([`notify`](crate::notify), [`intercept`](crate::report::Intercept::intercept)) is
    /// not filtered.
    pub fn filter(
        mut self,
        filter: impl Fn(&ErrorEvent<'_>) -> bool + Send + Sync + 'static,
    ) -> Self {
        self.policy.filter(filter);
        self
    }

    /// Never reports failures with an error of type `E` in their cause chain, unless the application reports them
    /// itself.
    pub fn ignore<E: StdError + 'static>(mut self) -> Self {
        self.policy.ignore::<E>();
        self
    }

    /// The fraction of failures to report, from 0.0 (none) to 1.0 (all). Default: 1.0.
    pub const fn sample_rate(mut self, rate: f64) -> Self {
        self.sample_rate = Some(rate);
        self
    }

    /// How many failures are reported per minute. Default: no limit.
    pub const fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// How many reports may be queued. Default: 1,024 reports and 16 MiB.
    pub const fn queue(mut self, limits: QueueLimits) -> Self {
        self.queue = Some(limits);
        self
    }

    /// Request headers that callbacks and reports see besides `Accept` and `traceparent`, like `User-Agent` or
    /// `x-request-id`. Each costs every request about a hundred instructions, whether it fails or not. A later call adds
    /// more. Default: none.
    ///
    /// Callbacks see the whole value, reports at most 2 KiB of it, and 8 KiB of all headers together. A header that is
    /// named here is kept even if it holds cookies or credentials, so that a page can read the visitor's theme or language
    /// from `Cookie`. [`html_page`](crate::Builder::html_page) and the other callbacks see such values as they are; reports
    /// contain `[REDACTED]` in their place.
    pub fn keep_headers(mut self, names: impl IntoIterator<Item = HeaderName>) -> Self {
        for name in names {
            if !self.keep_headers.contains(&name) {
                self.keep_headers.push(name);
            }
        }
        self
    }

    /// Adds a callback for every outcome of a report. Every callback runs, even if another one panics.
    ///
    /// Outcomes that are known at once, such as [`SampledOut`](crate::stats::Outcome::SampledOut), are reported on the
    /// request's task, the others on the pipeline's threads.
    pub fn on_outcome(
        mut self,
        callback: impl Fn(&OutcomeEvent<'_>) + Send + Sync + 'static,
    ) -> Self {
        self.on_outcome.push(callback);
        self
    }

    /// Whether reports contain the backtrace of where their error was created. Default: in development, and if a
    /// reporter [wants frames](crate::reporters::Reporter::wants_frames).
    ///
    /// Every error then captures its backtrace, at most 64 addresses, when it is created. That takes about ten
    /// microseconds, whether it is reported or not. The worker resolves functions, files and lines later. Because an
    /// error is created without knowing which Backstop will report it, errors of other Backstops in the process capture
    /// theirs too, but do not report them.
    ///
    /// Functions, files and lines are resolved on Linux, if there is debug information; a release build has it with
    /// `debug = 1` in its profile. Otherwise frames contain what is known, at least their addresses.
    #[cfg(feature = "frames")]
    pub const fn capture_backtraces(mut self, capture: bool) -> Self {
        self.capture_backtraces = Some(capture);
        self
    }

    /// How many source lines are shown above and below the line of each frame of the application, if its file is
    /// there. Default: 5; at most 20.
    #[cfg(feature = "frames")]
    pub const fn context_lines(mut self, lines: usize) -> Self {
        self.context_lines = Some(lines);
        self
    }

    /// Which frames belong to the application. A later call adds its names to those of an earlier one.
    #[cfg(feature = "frames")]
    pub fn in_app(mut self, in_app: InApp) -> Self {
        self.in_app.merge(in_app);
        self
    }

    /// Adds the settings of a later group, which take precedence.
    pub(super) fn merge(&mut self, later: Self) {
        self.policy.merge(later.policy);
        *self = std::mem::take(self).keep_headers(later.keep_headers);
        self.capture_backtraces = later.capture_backtraces.or(self.capture_backtraces);
        self.sample_rate = later.sample_rate.or(self.sample_rate);
        self.rate_limit = later.rate_limit.or(self.rate_limit);
        self.queue = later.queue.or(self.queue);
        self.context_lines = later.context_lines.or(self.context_lines);
        self.in_app.merge(later.in_app);
        self.on_outcome.extend(later.on_outcome);
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        if let Some(lines) = self
            .context_lines
            .filter(|lines| *lines > MAX_CONTEXT_LINES)
        {
            let message = format!("must be at most {MAX_CONTEXT_LINES}, got {lines}");
            return Err(ConfigError::invalid("context_lines", message));
        }
        self.in_app.check()
    }

    /// Changes the pipeline's settings to these.
    pub(super) fn apply(self, settings: &mut Settings) {
        fn set<T>(setting: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *setting = value;
            }
        }
        set(&mut settings.sample_rate, self.sample_rate);
        set(&mut settings.rate_limit, self.rate_limit);
        set(&mut settings.queue, self.queue);
        set(&mut settings.symbols.context_lines, self.context_lines);
        settings.symbols.in_app = self.in_app.into_rules();
        settings.listeners = self.on_outcome;
    }
}

const MAX_CONTEXT_LINES: usize = 20;
