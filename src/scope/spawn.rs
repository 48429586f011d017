//! Carries scopes to tasks, threads and closures.

use std::future::Future;

use tokio::task::JoinHandle;

use super::current;
use super::guard::ScopeGuard;
use super::notify::{self, Reportable as _};
use super::scope::Scope;
use super::scope_ref::ScopeRef;
use super::task::Task;
use crate::error::{Error, Origin};
use crate::report::dispatch::process_dispatch;

/// Carrying the scope to other code.
impl Scope {
    /// Spawns a future on tokio in this scope. It may outlive the request, and its reports still contain what the
    /// request recorded. In `metadata.task` they contain the source location where it was spawned, and those of the
    /// tasks around it, newest first and at most 8.
    ///
    /// A panic in it is reported as unhandled and with the origin [`Task`](Origin::Task), even without the [panic
    /// hook](crate::Backstop::install_panic_hook), and then continues to tokio, so that the handle returns it too. The
    /// output is not inspected: to report the error of a future that may fail, use [`backstop::spawn`](crate::spawn).
    ///
    /// ```
    /// # use backstop::Scope;
    /// # async fn handler(scope: Scope) {
    /// scope.spawn(async {
    ///     Scope::current().add_breadcrumb("sending the mail");
    ///     // …
    /// });
    /// # }
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, as [`tokio::spawn`] does.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send + 'static> + Send + 'static,
    {
        tokio::spawn(Task::new(future, self.carried(), |_, _| {}))
    }

    /// Runs a closure in this scope, on another thread or in `spawn_blocking` for example. Reports that are created
    /// inside contain the caller's source location, as for [`spawn`](Self::spawn).
    ///
    /// ```
    /// # let scope = backstop::Scope::current();
    /// let sum = std::thread::spawn(move || scope.run(|| 1 + 1)).join().unwrap();
    /// # assert_eq!(sum, 2);
    /// ```
    #[track_caller]
    pub fn run<T>(&self, run: impl FnOnce() -> T) -> T {
        if self.get().is_none_or(current::is_current) {
            return run();
        }
        let mut scope = self.carried();
        let _guard = ScopeGuard::enter(&mut scope);
        run()
    }
}

/// Spawns a future that may fail, in the current scope, or else in a scope of the Backstop that the process reports to.
#[track_caller]
pub(crate) fn spawn<T: Send + 'static>(
    future: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> JoinHandle<Result<T, Error>> {
    let mut scope = Scope::current();
    if scope.get().is_none()
        && let Some(dispatch) = process_dispatch()
    {
        scope = Scope::new(Some(ScopeRef::of_job(&dispatch)));
    }
    tokio::spawn(Task::new(future, scope.carried(), |result, exited| {
        if let Err(error) = result {
            notify::report(error.failure().with_origin(Origin::Task), exited);
        }
    }))
}
