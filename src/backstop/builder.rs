//! [`Builder`]: the settings, each a method.

use std::borrow::Cow;
use std::sync::Arc;

use super::disclosure_settings::Disclosure;
use super::handle::OnError;
use super::log::ChooseLevel;
use super::log_level::LogLevel;
use super::mode::Mode;
use super::panic_settings::PanicSettings;
use super::reporting_settings::Reporting;
use super::responder::Responder;
use crate::disclosure::Replacement;
use crate::error::Failure;
use crate::negotiate::Format;
use crate::panics::callback::Callback;
use crate::pipeline::Settings;
use crate::report::defaults::ReportDefaults;
use crate::report::error_event::ErrorEvent;
use crate::report::scalar::Scalar;
use crate::reporters::IntoReporter;

/// The settings of a [`Backstop`](crate::Backstop), which [`build`](Self::build) checks.
///
/// Everyday settings are methods here. The rest are in three groups: [`disclosure`](Self::disclosure),
/// [`reporting`](Self::reporting) and [`on_panic`](Self::on_panic).
///
/// ```
/// use backstop::{Backstop, reporters::Console, settings::Reporting};
///
/// let backstop = Backstop::production()
///     .app(env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
///     .safe_fields(["productId"])
///     .reporter(Console::new())
///     .reporting(Reporting::new().sample_rate(0.5))
///     .build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Debug)]
#[must_use = "a builder does nothing until it is built"]
pub struct Builder {
    pub(super) mode: Mode,
    pub(super) responder: Responder,
    pub(super) default_format: Option<Format>,
    pub(super) redact_keys: Vec<String>,
    pub(super) redact_with: Option<Replacement>,
    pub(super) disclosure: Disclosure,
    pub(super) on_error: Vec<OnError>,
    pub(super) logs: bool,
    pub(super) log_level: Option<Callback<ChooseLevel>>,
    pub(super) defaults: ReportDefaults,
    pub(super) reporting: Reporting,
    pub(super) on_panic: PanicSettings,
    /// The reporters, and what the groups do not set.
    pub(super) pipeline: Settings,
}

impl Builder {
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            responder: Responder::default(),
            default_format: None,
            redact_keys: Vec::new(),
            redact_with: None,
            disclosure: Disclosure::default(),
            on_error: Vec::new(),
            logs: true,
            log_level: None,
            defaults: ReportDefaults::default(),
            reporting: Reporting::default(),
            on_panic: PanicSettings::default(),
            pipeline: Settings::default(),
        }
    }
}

/// # Logs and reports
impl Builder {
    /// Adds a callback that runs for every failure, once its response is rendered. Callbacks run in the order in which
    /// they were added; one that panics affects neither the others nor the response. They run on the request's task, so
    /// they should be quick. [`guide::telemetry`](crate::guide::telemetry#metrics) counts failures with it.
    pub fn on_error(mut self, callback: impl Fn(&ErrorEvent<'_>) + Send + Sync + 'static) -> Self {
        self.on_error.push(Callback::new(Arc::new(callback)));
        self
    }

    /// Whether each failure is logged as a `tracing` event with the target `backstop`, at the level that
    /// [`log_level`](Self::log_level) chooses. A record has at most 4 KiB of the messages in the cause chain; the report
    /// has all of them. Default: `true`.
    pub fn log(mut self, log: bool) -> Self {
        self.logs = log;
        self
    }

    /// Chooses the level at which a failure is logged. Default, also if the closure panics: ERROR if the status is 500
    /// or above, else DEBUG. [Expected](crate::Error::expected) failures are always logged at DEBUG level.
    ///
    /// ```
    /// use backstop::Backstop;
    /// use backstop::settings::LogLevel;
    ///
    /// let backstop = Backstop::production()
    ///     .log_level(|failure| match failure.status().as_u16() {
    ///         401 | 403 => LogLevel::Warn,
    ///         400..500 => LogLevel::Debug,
    ///         _ => LogLevel::Error,
    ///     })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn log_level(
        mut self,
        choose: impl Fn(&Failure) -> LogLevel + Send + Sync + 'static,
    ) -> Self {
        self.log_level = Some(Callback::new(Arc::new(choose)));
        self
    }

    /// Where reports go. Every reporter receives every report. Default: none, and then nothing is captured.
    ///
    /// ```
    /// use backstop::{Backstop, reporters::{Console, Tracing}};
    ///
    /// let backstop = Backstop::production()
    ///     .reporter(Tracing::new())
    ///     .log(false) // `Tracing` logs each report, so the failures themselves need no record
    ///     .reporter(Console::new())
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn reporter(mut self, reporter: impl IntoReporter) -> Self {
        self.pipeline.add_reporter(reporter);
        self
    }

    /// The name and the version of the application, as reports contain them.
    pub fn app(mut self, name: impl Into<String>, version: impl Into<String>) -> Self {
        self.defaults.app.name = Some(name.into());
        self.defaults.app.version = Some(version.into());
        self
    }

    /// The stage that the application runs in, as reports contain it, like `production` or `staging`.
    pub fn release_stage(mut self, stage: impl Into<String>) -> Self {
        self.defaults.app.release_stage = Some(stage.into());
        self
    }

    /// An attribute of every report. An attribute of the scope with the same key takes precedence.
    pub fn attribute(mut self, key: impl Into<String>, value: impl Into<Scalar>) -> Self {
        let value = value.into().into_value();
        self.defaults.attributes.insert(key.into(), value);
        self
    }

    /// More keys whose values are redacted on the development page, in logs and in reports, besides those that
    /// always are (passwords, tokens, cookies, …). A later call adds more. A key matches if it ends in the words of one of these, regardless of
    /// case and separators: `door code` also matches `doorCode` and `FRONT_DOOR_CODE`, but not `door_code_length`.
    pub fn redact_keys(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.redact_keys.extend(keys.into_iter().map(Into::into));
        self
    }

    /// Replaces the redactor with a function of the application, which decides alone what of a text is shown. It cannot
    /// be combined with [`redact_keys`](Self::redact_keys).
    ///
    /// It receives the text and the key that it belongs to, if there is one: the name of a header, an attribute, a member
    /// of an object (for an item of an array, that of the array), and of a URL's whole path and query none. Numbers and
    /// booleans arrive as their JSON. It is called for every text, wherever one leaves the process:
    ///
    /// * of a report, on the worker, after the `on_report` callbacks and before the report is queued or spooled for its
    ///   reporters: messages and types of errors, the request's method, URL, route and headers, the user, attributes,
    ///   metadata, breadcrumbs, log lines, feature flags, application, machine and thread, and, once for each address,
    ///   the functions, files and source lines of frames;
    /// * of the log record, while the request waits: the message of each error in the chain, and the URL's path;
    /// * of the details that development shows to local clients.
    ///
    /// Not redacted, with or without it: keys, ids, source locations, and what responses show to every client. If it
    /// panics, the text is replaced with `[REDACTED]`.
    ///
    /// ```
    /// use std::borrow::Cow;
    ///
    /// use backstop::Backstop;
    ///
    /// let backstop = Backstop::production()
    ///     .redact_with(|key, text| match key {
    ///         Some("authorization" | "cookie") => Cow::Borrowed("***"),
    ///         _ if text.contains("hunter2") => Cow::Owned(text.replace("hunter2", "***")),
    ///         _ => Cow::Borrowed(text),
    ///     })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn redact_with(
        mut self,
        redact: impl for<'a> Fn(Option<&str>, &'a str) -> Cow<'a, str> + Send + Sync + 'static,
    ) -> Self {
        self.redact_with = Some(Callback::new(Arc::new(redact)));
        self
    }

    /// Which failures are reported, and how. A later call adds to an earlier one, and takes precedence.
    pub fn reporting(mut self, reporting: Reporting) -> Self {
        self.reporting.merge(reporting);
        self
    }

    /// What a panic means for the process: an [`OnPanic`](crate::panics::OnPanic), or [`PanicSettings`] with time
    /// limits and callbacks too. A later call adds to an earlier one, and takes precedence. Default:
    /// [`OnPanic::KeepRunning`](crate::panics::OnPanic::KeepRunning).
    ///
    /// ```
    /// use std::time::Duration;
    /// use backstop::{Backstop, panics::OnPanic};
    ///
    /// let backstop = Backstop::production()
    ///     .on_panic(OnPanic::ShutDown { grace: Duration::from_secs(20) })
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn on_panic(mut self, on_panic: impl Into<PanicSettings>) -> Self {
        self.on_panic.merge(on_panic.into());
        self
    }

    /// The settings of the pipeline, for tests.
    pub(crate) const fn pipeline_settings(&mut self) -> &mut Settings {
        &mut self.pipeline
    }
}
