//! The panic hook: it notes what only a hook can know.

use std::panic::{self, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::noted::Noted;
use super::{bare, last_chance};
use crate::backstop::Backstop;
use crate::panics::record::{is_answered, never_caught, record};
use crate::report::{UncaughtPanic, process, set_process};

/// Whether the hook before ours is spared the panics that a layer answers.
static IS_QUIET: AtomicBool = AtomicBool::new(false);

/// What became of [`Backstop::install_panic_hook`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum PanicHook {
    /// The hook is there, and this Backstop is the process's.
    Installed,
    /// Another Backstop that still lives is the process's, and stays it. The hook is there: panics in this Backstop's
    /// requests have their places and frames too.
    Taken,
    /// Nothing was done, for this thread panics, and no hook can be set then.
    Panicking,
}

impl Backstop {
    /// Has panics note their place and their stack, which are known to a panic hook alone: reports of panics that
    /// a layer caught then have both. Without the hook they have only the text.
    ///
    /// Panics that no layer catches, in a task, a thread or `main`, are reported too, as unhandled and with the
    /// mechanism [`Task`](crate::report::Mechanism::Task), or [`Panic`](crate::report::Mechanism::Panic) where one may end the process: in the scope in which they happened, so with the request's story
    /// where it was taken along ([`Scope::spawn`](crate::Scope)), else to this Backstop and without any request. As
    /// nobody can know whether the application catches a panic itself, those that it does catch outside of
    /// requests are reported as well.
    ///
    /// The hook that was there before is called after this one, so that the usual message is still printed;
    /// [`install_quiet_panic_hook`](Self::install_quiet_panic_hook) leaves it out where a layer answers. The hook is
    /// installed once in a process. The first Backstop that installs it is also the one for which
    /// [`notify`](crate::notify) and its like act outside of every scope, until its last handle is dropped.
    ///
    /// In the hook nothing is printed or looked up: texts and addresses are copied. Who sets a hook of their own
    /// later, without calling the one before it, switches this one off; use [`panic_recorder`](Self::panic_recorder)
    /// in it.
    ///
    /// ```
    /// use backstop::Backstop;
    /// use backstop::panics::PanicHook;
    ///
    /// let backstop = Backstop::production().build()?;
    /// assert_eq!(backstop.install_panic_hook(), PanicHook::Installed);
    /// let another = Backstop::production().build()?;
    /// assert_eq!(another.install_panic_hook(), PanicHook::Taken);
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn install_panic_hook(&self) -> PanicHook {
        self.install(Some(false))
    }

    /// Like [`install_panic_hook`](Self::install_panic_hook), and a panic that becomes a layer's answer leaves one
    /// record: the layer's own log line, with its report. The hook that was there before is not called for it, so
    /// that the usual message is not printed. Panics in tasks, threads and `main`, and in the application's callbacks
    /// and destructors, are printed as ever.
    ///
    /// No hook can know whether a handler is about to catch its panic itself: of one that it does catch nothing is
    /// printed either. And without [`log`](crate::Builder::log) and reporters a panic leaves no trace but its answer.
    ///
    /// The last call for the process's Backstop decides: `install_panic_hook` has everything printed again.
    ///
    /// ```
    /// use backstop::Backstop;
    /// use backstop::panics::PanicHook;
    ///
    /// let backstop = Backstop::production().build()?;
    /// assert_eq!(backstop.install_quiet_panic_hook(), PanicHook::Installed);
    /// # Ok::<(), backstop::ConfigError>(())
    /// ```
    #[expect(clippy::must_use_candidate, reason = "it is called for what it does")]
    pub fn install_quiet_panic_hook(&self) -> PanicHook {
        self.install(Some(true))
    }

    /// Installs the hook; whether it is quiet stays as it is where that is not said.
    pub(super) fn install(&self, is_quiet: Option<bool>) -> PanicHook {
        static IS_SET: Mutex<bool> = Mutex::new(false);
        if std::thread::panicking() {
            return PanicHook::Panicking;
        }
        let mut is_set = IS_SET.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *is_set, true) {
            bare::start();
            let previous = panic::take_hook();
            panic::set_hook(Box::new(move |info| {
                let ends_process = note(info);
                // Where it calls the recorder too, this is still one panic.
                let _noted = Noted::enter();
                if ends_process || !(IS_QUIET.load(Ordering::Relaxed) && is_answered()) {
                    previous(info);
                }
            }));
        }
        let hook = self.become_the_process();
        if let Some(is_quiet) = is_quiet.filter(|_| hook == PanicHook::Installed) {
            IS_QUIET.store(is_quiet, Ordering::Relaxed);
        }
        hook
    }

    /// What [`install_panic_hook`](Self::install_panic_hook) installs, for an application that has a hook of its
    /// own: call it in there, first of all. It makes this Backstop the process's, unless another one is that.
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
        bare::start();
        self.become_the_process();
        |info| {
            note(info);
        }
    }

    fn become_the_process(&self) -> PanicHook {
        match process() {
            Some(owner) if !Arc::ptr_eq(&owner, self.owner()) => PanicHook::Taken,
            _ => {
                set_process(self.owner());
                PanicHook::Installed
            }
        }
    }
}

/// Notes a panic; whether the process ends with it, whoever would catch it.
fn note(info: &PanicHookInfo<'_>) -> bool {
    if Noted::is_on() {
        return false;
    }
    let Some(panic) = record(info) else {
        return false;
    };
    let ends_process = panic.ends_process();
    let is_urgent = ends_process || last_chance::may_end();
    if ends_process {
        for earlier in never_caught() {
            bare::push(UncaughtPanic::new(earlier).urgent(true));
        }
    }
    bare::push(UncaughtPanic::new(panic).urgent(is_urgent));
    if ends_process {
        bare::take_last_chance();
    }
    ends_process
}
