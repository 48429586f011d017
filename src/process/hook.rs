//! The panic hook, which records what only a hook can know.

use std::fmt;
use std::panic::PanicHookInfo;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::uncaught_thread;
use crate::backstop::Backstop;
use crate::panics::depth::will_be_reported;
use crate::panics::hook_slot::{self, Hook};
use crate::panics::stash;
use crate::panics::thread::ThreadFlag;
use crate::report::dispatch::{process_dispatch, set_process_dispatch};
use crate::scope::UncaughtPanic;

/// Whether the previous hook is skipped for panics that become responses.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// Why [`Backstop::install_panic_hook`] could not make this Backstop the one that reports the panics of the process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PanicHookError {
    kind: PanicHookErrorKind,
}

/// The kind of a [`PanicHookError`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PanicHookErrorKind {
    /// Another Backstop that is still alive installed the hook first. Reports of panics in requests of this Backstop
    /// have source locations and frames too, but panics outside of scopes are reported to the other Backstop.
    Taken,
    /// Nothing was installed, because a thread cannot set a panic hook while it is panicking.
    Panicking,
}

impl PanicHookError {
    /// Returns why this Backstop does not report the panics of the process.
    #[must_use]
    pub const fn kind(&self) -> PanicHookErrorKind {
        self.kind
    }
}

impl fmt::Display for PanicHookError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            PanicHookErrorKind::Taken => {
                "another Backstop already reports the panics of this process"
            }
            PanicHookErrorKind::Panicking => {
                "a panic hook cannot be installed while the thread is panicking"
            }
        })
    }
}

impl std::error::Error for PanicHookError {}

/// # The panic hook
impl Backstop {
    /// Installs a panic hook, which records the source location and the backtrace of each panic. Only a hook has access
    /// to them: without it, the report of a panic contains just its message.
    ///
    /// With the hook, panics that no layer catches, in a task, a thread or `main`, are reported too: in their scope if
    /// they happened in one ([`Scope::spawn`](crate::Scope::spawn)), otherwise to this Backstop and without a request.
    /// Backstop cannot know whether the application will catch a panic itself, so panics outside of requests are
    /// reported even if the application catches them.
    ///
    /// The hook is installed once per process, and again if another hook has replaced it. It calls the previous hook, so that the usual message is still printed;
    /// see [`install_quiet_panic_hook`](Self::install_quiet_panic_hook). The first Backstop that installs it is also
    /// the one that [`notify`](crate::notify) and other free functions report to outside of every scope, until its last
    /// handle is dropped.
    ///
    /// The hook itself prints nothing and symbolizes nothing: it only copies text and addresses. A hook that is set
    /// later and does not call the previous one, such as `color_eyre`'s, disables it. A warning in the log says so once,
    /// as soon as Backstop catches a panic that its hook has not seen, or at the end of the
    /// [guard](Self::guard). Set the other hook first, call this again after it, or call
    /// [`panic_recorder`](Self::panic_recorder) in it.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let backstop = Backstop::production().build()?;
    /// backstop.install_panic_hook()?;
    /// let another = Backstop::production().build()?;
    /// assert!(another.install_panic_hook().is_err());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// A [`PanicHookError`] if another Backstop already reports the panics of the process, or if the thread is
    /// panicking.
    pub fn install_panic_hook(&self) -> Result<(), PanicHookError> {
        self.install(Some(false))
    }

    /// Like [`install_panic_hook`](Self::install_panic_hook), but does not call the previous hook for panics that
    /// become responses: such a panic is logged once, by the layer, and not printed. Panics in tasks, threads and
    /// `main`, and in callbacks and destructors of the application, are printed as usual.
    ///
    /// A hook cannot know whether a handler is about to catch its panic itself: such a panic is not printed either.
    /// Without [`log`](crate::Builder::log) and reporters, a panic leaves no trace but its response.
    ///
    /// The last call decides: [`install_panic_hook`](Self::install_panic_hook) makes the previous hook print every
    /// panic again.
    ///
    /// # Errors
    ///
    /// The same as for [`install_panic_hook`](Self::install_panic_hook).
    pub fn install_quiet_panic_hook(&self) -> Result<(), PanicHookError> {
        self.install(Some(true))
    }

    /// Returns what [`install_panic_hook`](Self::install_panic_hook) installs, for an application with a hook of its
    /// own: call it there first. This Backstop then reports the panics of the process, unless another one already does.
    ///
    /// ```
    /// use backstop::Backstop;
    ///
    /// let backstop = Backstop::production().build()?;
    /// let record = backstop.panic_recorder();
    /// std::panic::set_hook(Box::new(move |info| {
    ///     record(info);
    ///     eprintln!("{info}");
    /// }));
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    pub fn panic_recorder(&self) -> impl Fn(&PanicHookInfo<'_>) + Send + Sync + 'static {
        uncaught_thread::start();
        // If another Backstop reports them, panics are still recorded.
        let _ = self.report_for_process();
        |info| {
            note(info);
        }
    }

    /// Installs the hook. `None` keeps the current setting of whether it is quiet.
    pub(super) fn install(&self, is_quiet: Option<bool>) -> Result<(), PanicHookError> {
        if std::thread::panicking() {
            let kind = PanicHookErrorKind::Panicking;
            return Err(PanicHookError { kind });
        }
        uncaught_thread::start();
        hook_slot::install(|previous| Box::new(move |info| run(info, &previous)));
        self.report_for_process()?;
        if let Some(is_quiet) = is_quiet {
            IS_QUIET.store(is_quiet, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Makes this Backstop the one that the process reports to.
    fn report_for_process(&self) -> Result<(), PanicHookError> {
        match process_dispatch() {
            Some(dispatch) if !Arc::ptr_eq(&dispatch, self.dispatch()) => Err(PanicHookError {
                kind: PanicHookErrorKind::Taken,
            }),
            _ => {
                set_process_dispatch(self.dispatch());
                Ok(())
            }
        }
    }
}

/// What the hook does.
fn run(info: &PanicHookInfo<'_>, previous: &Hook) {
    if ThreadFlag::RunsHooks.is_set() {
        // The hook was installed twice, around a hook that calls this one.
        return previous(info);
    }
    let ends_process = note(info);
    // If the previous hook calls the recorder too, this is still one panic.
    let _runs_hooks = ThreadFlag::RunsHooks.set();
    if ends_process || !(IS_QUIET.load(Ordering::Relaxed) && will_be_reported()) {
        previous(info);
    }
}

/// Records a panic, and returns whether it ends the process because it cannot be caught.
fn note(info: &PanicHookInfo<'_>) -> bool {
    if ThreadFlag::RunsHooks.is_set() {
        return false;
    }
    let Some(panic) = stash::record(info) else {
        return false;
    };
    let ends_process = panic.ends_process();
    let is_urgent = ends_process || ThreadFlag::MayEndProcess.is_set();
    if ends_process {
        for earlier in stash::take_all() {
            uncaught_thread::push(UncaughtPanic::new(earlier).urgent(true));
        }
    }
    uncaught_thread::push(UncaughtPanic::new(panic).urgent(is_urgent));
    if ends_process {
        uncaught_thread::flush_for_crash();
    }
    ends_process
}
