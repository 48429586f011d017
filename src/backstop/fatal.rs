//! What a panic means for the process: the settings.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::{Builder, ConfigError};
use crate::error::Failure;
use crate::panics::catch::catch_panic;

/// What a panic means for the process; see [`Builder::fatal`].
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum OnPanic {
    /// It is answered and reported, and the service goes on.
    #[default]
    Continue,
    /// It is answered and reported, and then the service shuts down.
    Shutdown {
        /// How long it may take from the shutdown signal on, until the last resort.
        grace: Duration,
    },
}

/// The settings of the end of the process.
#[derive(Debug)]
pub(super) struct EndSettings {
    pub(super) fatal: OnPanic,
    pub(super) on_fatal: Callbacks,
    pub(super) on_grace_over: Callbacks,
    pub(super) shutdown_timeout: Duration,
}

/// What is called with the panic that shuts the service down.
#[derive(Clone, Default)]
pub(super) struct Callbacks(Vec<Arc<Callback>>);

type Callback = dyn Fn(&Failure) + Send + Sync;

/// The end of the process.
impl Builder {
    /// Whether a panic shuts the service down. Default: [`OnPanic::Continue`].
    ///
    /// Rust leaves what a panicking task held in an orderly state, so most services go on. Where a panic means that
    /// the state in memory can't be trusted any more, `OnPanic::Shutdown` has the service replaced: the panic is answered
    /// like any other, its report is flushed (for [`crash_timeout`](Self::crash_timeout) at the most), the callbacks of
    /// [`on_fatal`](Self::on_fatal) are called, and then [`Backstop::shutdown_signal`](crate::Backstop::shutdown_signal)
    /// resolves, by which the server stops accepting and finishes what it has begun. When the grace is over before the
    /// process has ended, the callbacks of [`on_grace_over`](Self::on_grace_over) are the last resort. Nothing here
    /// ends the process: with [`Backstop::run`](crate::Backstop::run) its future ends, or is dropped when the grace is
    /// over, and `main` returns a failure.
    ///
    /// OnPanic are the panics that a layer of this Backstop caught, in a body too, reported or not; and, with the [panic
    /// hook](crate::Backstop::install_panic_hook), those of tasks and threads which nobody was about to catch, in a scope
    /// of this Backstop or in none. As nobody can know whether the application deals with such a panic itself, it is
    /// fatal even if it does. Panics in callbacks, reporters and destructors that Backstop runs are not. The first one
    /// starts the shutdown, later ones are reported only.
    ///
    /// ```
    /// use std::time::Duration;
    /// use backstop::{Backstop, OnPanic};
    ///
    /// let backstop = Backstop::production()
    ///     .fatal(OnPanic::Shutdown { grace: Duration::from_secs(20) })
    ///     .on_fatal(|failure| tracing::error!(id = %failure.id(), "a panic: shutting down"))
    ///     .on_grace_over(|_| std::process::abort())
    ///     .build()?;
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub const fn fatal(mut self, fatal: OnPanic) -> Self {
        self.reports.end.fatal = fatal;
        self
    }

    /// Calls back with the panic that shuts the service down, once it is reported and before
    /// [`shutdown_signal`](crate::Backstop::shutdown_signal) resolves, on a thread of its own; so it should be quick.
    /// A process whose main future ends by itself meanwhile does not wait for it. Several callbacks are all called; one that panics changes nothing. For [`OnPanic::Shutdown`] only.
    pub fn on_fatal(mut self, callback: impl Fn(&Failure) + Send + Sync + 'static) -> Self {
        self.reports.end.on_fatal.0.push(Arc::new(callback));
        self
    }

    /// Calls back when the grace is over and the process still runs: the last resort, for an application that would
    /// rather end at once than hang on. Given the panic that began it, on a thread of its own. It is not called once
    /// the last handle of this Backstop is dropped. For [`OnPanic::Shutdown`] only.
    pub fn on_grace_over(mut self, callback: impl Fn(&Failure) + Send + Sync + 'static) -> Self {
        self.reports.end.on_grace_over.0.push(Arc::new(callback));
        self
    }

    /// For how long [`Backstop::run`](crate::Backstop::run) waits for reports once its future has ended. Default: 5
    /// seconds. Whoever sends SIGTERM waits this much longer than the requests take, at the most.
    pub const fn shutdown_timeout(mut self, timeout: Duration) -> Self {
        self.reports.end.shutdown_timeout = timeout;
        self
    }

    /// For how long a panic may hold up what ends because of it, so that its report gets out: the process, where the
    /// panic ends that (see [`crash_child`](crate::panics::crash_child)), or the service, with [`OnPanic::Shutdown`]. Default: 1
    /// second; at most 60.
    pub const fn crash_timeout(mut self, timeout: Duration) -> Self {
        self.reports.pipeline.crash_timeout = timeout;
        self
    }
}

impl EndSettings {
    pub(super) fn check(&self, crash_timeout: Duration) -> Result<(), ConfigError> {
        const LONGEST: Duration = Duration::from_secs(60);
        if crash_timeout.is_zero() || crash_timeout > LONGEST {
            let message = format!(
                "{crash_timeout:?} is no time to wait for a report; give one above 0 and of at most {LONGEST:?}, like a second"
            );
            return Err(ConfigError::invalid("crash_timeout", message));
        }
        let is_set = |callbacks: &Callbacks| !callbacks.0.is_empty();
        match self.fatal {
            OnPanic::Shutdown { grace } if grace.is_zero() => Err(ConfigError::invalid(
                "fatal",
                "without any grace no request can be finished; give one above 0, like 20 seconds",
            )),
            OnPanic::Continue if is_set(&self.on_fatal) || is_set(&self.on_grace_over) => {
                let setting = if is_set(&self.on_fatal) {
                    "on_fatal"
                } else {
                    "on_grace_over"
                };
                let message = "it would never be called, for no panic is fatal; set `fatal(OnPanic::Shutdown { grace })` too";
                Err(ConfigError::invalid(setting, message))
            }
            OnPanic::Shutdown { .. } | OnPanic::Continue => Ok(()),
        }
    }
}

impl Callbacks {
    pub(super) fn call(&self, failure: &Failure) {
        for callback in &self.0 {
            catch_panic(|| callback(failure));
        }
    }
}

impl Default for EndSettings {
    fn default() -> Self {
        Self {
            fatal: OnPanic::Continue,
            on_fatal: Callbacks::default(),
            on_grace_over: Callbacks::default(),
            shutdown_timeout: Duration::from_secs(5),
        }
    }
}

impl fmt::Debug for Callbacks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} callbacks", self.0.len())
    }
}
