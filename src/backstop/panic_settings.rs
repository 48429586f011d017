//! What a panic means for the process: the settings.

use std::sync::Arc;
use std::time::Duration;

use super::config_error::ConfigError;
use crate::error::Failure;
use crate::panics::callback::Callback;

/// What a panic means for the process; see [`Builder::on_panic`](crate::Builder::on_panic).
///
/// Most services can keep running after a panic, because unwinding drops what the task owned. If in-memory state may
/// be corrupt, use [`ShutDown`](Self::ShutDown) so that the instance is replaced.
///
/// # Which panics count
///
/// Those that a layer of this Backstop caught, in a body too, whether they are reported or not. With the [panic
/// hook](crate::Backstop::install_panic_hook) also those that end a task or a thread in a scope of this Backstop, or in
/// no scope at all. Backstop cannot know whether the application catches such a panic itself, so it counts either way.
/// Panics in callbacks, reporters and destructors that Backstop runs do not count.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum OnPanic {
    /// The panic becomes a response and a report, and the service keeps running.
    #[default]
    KeepRunning,
    /// The panic becomes a response and a report, and then the service shuts down. The first panic starts the
    /// shutdown; later ones are only reported.
    ShutDown {
        /// The time from the shutdown signal until [`on_grace_over`](crate::settings::PanicSettings::on_grace_over).
        grace: Duration,
    },
}

/// The settings of panics and of the end of the process: [`OnPanic`], time limits and callbacks.
///
/// The order of a shutdown: the panic becomes a response like any other; its report is flushed, for
/// [`crash_timeout`](Self::crash_timeout) at most; the callbacks of [`on_shutdown`](Self::on_shutdown) run;
/// [`Backstop::shutdown_signal`](crate::Backstop::shutdown_signal) resolves, so that the server stops accepting and
/// finishes the requests that it has; if the process still runs when the grace is over, the callbacks of
/// [`on_grace_over`](Self::on_grace_over) run. Backstop itself never ends the process.
///
/// ```
/// use std::time::Duration;
/// use backstop::Backstop;
/// use backstop::panics::OnPanic;
/// use backstop::settings::PanicSettings;
///
/// let grace = Duration::from_secs(20);
/// let on_panic = PanicSettings::new(OnPanic::ShutDown { grace })
///     .on_shutdown(|failure| tracing::error!(id = %failure.id(), "shutting down after a panic"))
///     .on_grace_over(|_| std::process::abort());
/// let backstop = Backstop::production().on_panic(on_panic).build()?;
/// # Ok::<(), backstop::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "settings do nothing until they are passed to a builder"]
pub struct PanicSettings {
    on_panic: Option<OnPanic>,
    pub(super) on_shutdown: Vec<PanicCallback>,
    pub(super) on_grace_over: Vec<PanicCallback>,
    crash_timeout: Option<Duration>,
    close_timeout: Option<Duration>,
}

pub(super) type PanicCallback = Callback<dyn Fn(&Failure) + Send + Sync>;

impl PanicSettings {
    /// Sets what a panic means, and leaves every other setting as it is. [`default`](Self::default) leaves them all.
    pub const fn new(on_panic: OnPanic) -> Self {
        Self {
            on_panic: Some(on_panic),
            on_shutdown: Vec::new(),
            on_grace_over: Vec::new(),
            crash_timeout: None,
            close_timeout: None,
        }
    }

    /// Calls back with the panic that shuts the service down, after its report was flushed and before
    /// [`shutdown_signal`](crate::Backstop::shutdown_signal) resolves. The callback runs on a thread of its own; a
    /// process that ends in the meantime does not wait for it. Every callback runs, even if another one panics.
    /// Requires [`OnPanic::ShutDown`].
    pub fn on_shutdown(mut self, callback: impl Fn(&Failure) + Send + Sync + 'static) -> Self {
        self.on_shutdown.push(Callback::new(Arc::new(callback)));
        self
    }

    /// Calls back with the panic that shuts the service down if the process still runs when the grace is over: a last
    /// resort, for an application that would rather end at once than hang. The callback runs on a thread of its own,
    /// and not at all once the last handle of this Backstop is dropped. Requires [`OnPanic::ShutDown`].
    pub fn on_grace_over(mut self, callback: impl Fn(&Failure) + Send + Sync + 'static) -> Self {
        self.on_grace_over.push(Callback::new(Arc::new(callback)));
        self
    }

    /// How long Backstop waits for the report of a panic to be delivered before the process ends, if the panic ends it
    /// (see [`crash_child`](crate::panics::crash_child)), or before the service shuts down, with [`OnPanic::ShutDown`].
    /// Default: 1 second; at most 60 seconds.
    pub const fn crash_timeout(mut self, timeout: Duration) -> Self {
        self.crash_timeout = Some(timeout);
        self
    }

    /// How long the [guard of `main`](crate::Backstop::guard) waits for reports when it is dropped. Default: 5
    /// seconds. After SIGTERM the process may outlive its requests by this long.
    pub const fn close_timeout(mut self, timeout: Duration) -> Self {
        self.close_timeout = Some(timeout);
        self
    }

    /// Adds the settings of a later group, which take precedence.
    pub(super) fn merge(&mut self, later: Self) {
        self.on_panic = later.on_panic.or(self.on_panic);
        self.on_shutdown.extend(later.on_shutdown);
        self.on_grace_over.extend(later.on_grace_over);
        self.crash_timeout = later.crash_timeout.or(self.crash_timeout);
        self.close_timeout = later.close_timeout.or(self.close_timeout);
    }

    pub(super) fn grace(&self) -> Option<Duration> {
        match self.on_panic? {
            OnPanic::KeepRunning => None,
            OnPanic::ShutDown { grace } => Some(grace),
        }
    }

    pub(super) fn crash_timeout_or_default(&self) -> Duration {
        self.crash_timeout.unwrap_or(Duration::from_secs(1))
    }

    pub(super) fn close_timeout_or_default(&self) -> Duration {
        self.close_timeout.unwrap_or(Duration::from_secs(5))
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        const LONGEST: Duration = Duration::from_secs(60);
        let crash_timeout = self.crash_timeout_or_default();
        if crash_timeout.is_zero() || crash_timeout > LONGEST {
            let message =
                format!("must be above zero and at most {LONGEST:?}, got {crash_timeout:?}");
            return Err(ConfigError::invalid("crash_timeout", message));
        }
        let unused = [
            ("on_shutdown", &self.on_shutdown),
            ("on_grace_over", &self.on_grace_over),
        ];
        let unused = unused.iter().find(|(_, callbacks)| !callbacks.is_empty());
        match (self.grace(), unused) {
            (Some(grace), _) if grace.is_zero() => Err(ConfigError::invalid(
                "on_panic",
                "`grace` must be above zero, so that requests can finish; 20 seconds is a good start",
            )),
            (None, Some((setting, _))) => Err(ConfigError::invalid(
                setting,
                "the callback would never run, because no panic shuts the service down; use `OnPanic::ShutDown`, or remove the callback",
            )),
            _ => Ok(()),
        }
    }
}

impl From<OnPanic> for PanicSettings {
    fn from(on_panic: OnPanic) -> Self {
        Self::new(on_panic)
    }
}
