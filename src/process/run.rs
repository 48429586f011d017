//! `main` with everything that a process needs around its future.

use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::process::ExitCode;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::runtime::{self, Handle};
use tokio::task::block_in_place;

use super::bare;
use super::last_chance::MayEnd;
use crate::backstop::Backstop;
use crate::error::Error;
use crate::panics::record::{PanicRecord, take};
use crate::report::UncaughtPanic;

/// The process.
impl Backstop {
    /// Runs the application's main future, for `main` to return what this gives.
    ///
    /// It installs the [panic hook](Self::install_panic_hook), a [quiet](Self::install_quiet_panic_hook) one stays quiet, and drives the future on a tokio runtime of its own, with
    /// all its threads and drivers. Called on a runtime with several threads, as in `#[tokio::main]`, it uses that.
    ///
    /// * Once the future ends, reports have [`shutdown_timeout`](crate::Builder::shutdown_timeout) to arrive: the end of
    ///   reporting, like [`shutdown`](Self::shutdown). What a spool keeps the next process delivers, all else that is
    ///   left is dropped and counted.
    /// * An `Err`, of any type that `?` converts into an [`Error`], is logged and reported, as unhandled and with the
    ///   mechanism [`Task`](crate::report::Mechanism::Task), and gives a failure. Nothing is printed.
    /// * After a panic that is [fatal](crate::Builder::fatal) the future has until its grace is over, and is dropped
    ///   then; either gives a failure.
    /// * A panic that leaves the future ends the process exactly as it would have, with the same message and status,
    ///   after its report had [`crash_timeout`](crate::Builder::crash_timeout) to arrive, or to be on disk; see
    ///   [`crash_child`](crate::panics::crash_child).
    ///
    /// Signals are the application's to handle: its future ends when it was told to. As at the end of `#[tokio::main]`,
    /// tasks that still run then are dropped, and blocking ones waited for.
    ///
    /// ```
    /// use std::process::ExitCode;
    /// use axum::{Router, routing::get};
    /// use backstop::{Backstop, reporters::Tracing};
    ///
    /// fn main() -> ExitCode {
    ///     let Ok(backstop) = Backstop::production().reporter(Tracing::new()).build() else {
    ///         return ExitCode::FAILURE;
    ///     };
    ///     backstop.run(serve(backstop.clone()))
    /// }
    ///
    /// async fn serve(backstop: Backstop) -> backstop::Result<()> {
    ///     let app: Router = Router::new()
    ///         .route("/", get(|| async { "hello" }))
    ///         .layer(backstop.layer());
    ///     let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    /// #   backstop.request_shutdown();
    ///     axum::serve(listener, app)
    ///         .with_graceful_shutdown(backstop.shutdown_signal())
    ///         .await?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Panics
    ///
    /// On a runtime with one thread, which can't be used twice: call it in a `main` that is not async.
    #[track_caller]
    pub fn run<F, E>(&self, future: F) -> ExitCode
    where
        F: Future<Output = Result<(), E>>,
        E: Into<Error>,
    {
        self.install(None);
        let output = match Handle::try_current() {
            Ok(runtime) => block_in_place(|| self.driven(|| runtime.block_on(self.until(future)))),
            Err(_) => match runtime::Builder::new_multi_thread().enable_all().build() {
                Ok(runtime) => {
                    let output = self.driven(|| runtime.block_on(self.until(future)));
                    if output.is_none() {
                        // What the runtime would wait for did not end when it was to.
                        runtime.shutdown_background();
                    }
                    output
                }
                Err(error) => return self.failed(&error.into()),
            },
        };
        match output {
            Some(Ok(())) => self.ended(true),
            None => self.ended(false),
            Some(Err(error)) => self.failed(&error.into()),
        }
    }

    fn failed(&self, error: &Error) -> ExitCode {
        self.tell_end(error);
        self.ended(false)
    }

    fn ended(&self, is_well: bool) -> ExitCode {
        let timeout = self.ending().timeout();
        let start = Instant::now();
        // Or a panic of the last moment came too late.
        bare::wait_until_told(timeout);
        let remaining = self.shutdown_blocking(timeout.saturating_sub(start.elapsed()));
        if !remaining.is_empty() {
            tracing::warn!(
                target: "backstop",
                dropped = remaining.queued,
                spooled = remaining.spooled,
                "not all reports have arrived"
            );
        }
        // Asked last, for a panic of the last moment may be fatal too.
        if is_well && !self.ending().is_fatal() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    /// What `drive` gives; a panic that leaves it ends the process, once it is reported.
    fn driven<T>(&self, drive: impl FnOnce() -> T) -> T {
        let may_end = MayEnd::enter();
        let driven = catch_unwind(AssertUnwindSafe(drive));
        drop(may_end);
        driven.unwrap_or_else(|panic| {
            if take(&*panic).is_none() {
                // The application has set a hook of its own since, or resumed what was none.
                bare::push(UncaughtPanic::new(PanicRecord::unseen(&*panic, true)).urgent(true));
            }
            bare::take_last_chance();
            // Dropping the last handle would wait once more.
            self.shutdown_blocking(Duration::ZERO);
            resume_unwind(panic)
        })
    }

    /// The application's future, as far as the grace after a panic allows.
    async fn until<F: Future>(&self, future: F) -> Option<F::Output> {
        let mut grace_over = pin!(self.ending().grace_over());
        let mut future = pin!(future);
        poll_fn(|cx| match future.as_mut().poll(cx) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => grace_over.as_mut().poll(cx).map(|()| None),
        })
        .await
    }
}
