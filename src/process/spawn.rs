//! [`spawn`]: tasks whose failures are reported.

use tokio::task::JoinHandle;

use crate::error::Result;
use crate::scope;

/// Spawns a fallible task on tokio, and reports its error as unhandled, even if the handle is dropped. A panic in the
/// task is reported too.
///
/// The task runs in the current [`Scope`](crate::Scope), so its reports contain what the request recorded. Outside of
/// every scope, the task gets a scope of its own from the Backstop that [installed the panic
/// hook](crate::Backstop::install_panic_hook); if there is none, its errors are only counted by
/// [`unreported_count`](crate::stats::unreported_count). In `metadata.task`, reports contain the source location where
/// the task was spawned, and those of the tasks around it.
///
/// The handle returns the value, the error or the panic as usual. If a handler returns that error, it is not reported
/// again, and the response has the same id. As with [`notify`](crate::notify), the report is not
/// [filtered](crate::settings::Reporting::filter).
///
/// As in handlers, `?` converts errors into an [`Error`](crate::Error). For a future with another error type, write
/// `async { Ok(import().await?) }`; for one that cannot fail, use [`Scope::spawn`](crate::Scope::spawn).
///
/// ```
/// use backstop::{Backstop, Context as _, reporters::Memory};
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let memory = Memory::new();
/// let backstop = Backstop::production().reporter(memory.clone()).build()?;
/// backstop.install_panic_hook()?;
///
/// let cleaning = backstop::spawn(async {
///     std::fs::remove_dir("/no/such/directory").context("cleaning up")?;
///     Ok(())
/// });
///
/// assert!(cleaning.await?.is_err());
/// backstop.flush(Duration::from_secs(5)).await;
/// let report = &memory.reports()[0];
/// assert!(!report.handled);
/// assert_eq!(report.errors[0].message, "cleaning up");
/// assert!(report.metadata["task"]["spawned_at"][0].as_str().unwrap().contains(".rs:"));
/// # Ok(()) }
/// ```
///
/// # Panics
///
/// Outside of a tokio runtime, as [`tokio::spawn`] does.
#[track_caller]
pub fn spawn<T: Send + 'static>(
    future: impl Future<Output = Result<T>> + Send + 'static,
) -> JoinHandle<Result<T>> {
    scope::spawn(future)
}
