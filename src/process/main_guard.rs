//! [`MainGuard`], which delivers reports when `main` ends.

use std::marker::PhantomData;
use std::process::ExitCode;
use std::time::Duration;

use super::uncaught_thread;
use crate::backstop::Backstop;
use crate::error::Error;
use crate::panics::hook_slot;
use crate::panics::thread::{FlagGuard, ThreadFlag};

/// Delivers the reports of a process when `main` ends; see [`Backstop::guard`].
#[derive(Debug)]
#[must_use = "reports are delivered when the guard is dropped"]
pub struct MainGuard {
    backstop: Backstop,
    _may_end_process: FlagGuard,
    /// The guard belongs to the thread that created it.
    _not_send: PhantomData<*const ()>,
}

/// # The end of the process
impl Backstop {
    /// Guards `main`: dropping the guard delivers pending reports within
    /// [`close_timeout`](crate::settings::PanicSettings::close_timeout) and ends reporting, as with
    /// [`close_blocking`](Self::close_blocking). Reports that are not delivered in time are dropped and counted, or
    /// stay in a [`Spool`](crate::reporters) for the next start.
    ///
    /// This also installs the [panic hook](Self::install_panic_hook), unless it is installed already; a quiet hook
    /// stays quiet. If a panic unwinds `main`, the guard waits for at most
    /// [`crash_timeout`](crate::settings::PanicSettings::crash_timeout) until the panic is reported. The panic then
    /// continues: the process ends with the same message and status as without the guard.
    ///
    /// Dropping the guard blocks the thread, which is harmless at the end of `main`. If `main` builds its own runtime,
    /// create the guard after the runtime, so that it is dropped first.
    ///
    /// ```
    /// use std::net::SocketAddr;
    /// use std::process::ExitCode;
    /// use axum::{Router, routing::get};
    /// use backstop::{Backstop, reporters::Tracing};
    ///
    /// #[tokio::main]
    /// async fn main() -> ExitCode {
    ///     // `Tracing` logs each report, so the failures themselves need no record.
    ///     let built = Backstop::production().reporter(Tracing::new()).log(false).build();
    ///     let Ok(backstop) = built else {
    ///         return ExitCode::FAILURE;
    ///     };
    ///     let guard = backstop.guard();
    ///     guard.exit_code(serve(&backstop).await)
    /// }
    ///
    /// async fn serve(backstop: &Backstop) -> backstop::Result<()> {
    ///     let app: Router = Router::new()
    ///         .route("/", get(|| async { "hello" }))
    ///         .layer(backstop.layer());
    ///     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// #   backstop.request_shutdown();
    ///     axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>())
    ///         .with_graceful_shutdown(backstop.shutdown_signal())
    ///         .await?;
    ///     Ok(())
    /// }
    /// ```
    pub fn guard(&self) -> MainGuard {
        // Another Backstop may already report the panics of the process.
        let _ = self.install(None);
        MainGuard {
            backstop: self.clone(),
            _may_end_process: ThreadFlag::MayEndProcess.set(),
            _not_send: PhantomData,
        }
    }
}

impl MainGuard {
    /// Drops the guard with the result of `main`, and returns the exit code of the process.
    ///
    /// An `Err`, of any type that `?` converts into an [`Error`], is logged and reported as unhandled. The code is a
    /// failure for an `Err`, and after a panic that [shut down the service](crate::panics::OnPanic::ShutDown).
    #[track_caller]
    pub fn exit_code<E: Into<Error>>(self, result: Result<(), E>) -> ExitCode {
        let is_ok = result.is_ok();
        if let Err(error) = result {
            self.backstop.record_end(&error.into());
        }
        let backstop = self.backstop.clone();
        drop(self);
        // Checked last, because a panic while the guard is dropped counts too.
        if is_ok && !backstop.has_fatal_panic() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

impl Drop for MainGuard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            uncaught_thread::flush_for_crash();
            // Otherwise, dropping the last handle would wait again.
            self.backstop.close_blocking(Duration::ZERO);
            return;
        }
        hook_slot::warn_if_replaced();
        let timeout = self.backstop.shutdown_state().close_timeout();
        let remaining = self.backstop.close_blocking(timeout);
        if !remaining.is_empty() {
            tracing::warn!(
                target: "backstop",
                dropped = remaining.queued,
                spooled = remaining.spooled,
                "some reports were not delivered before the process ended"
            );
        }
    }
}
