//! [`spawn`]: tasks that nobody waits for.

use tokio::task::JoinHandle;

use crate::error::Result;
use crate::report;

/// Spawns a future on tokio whose error nobody may ever ask for: it is reported, as unhandled and with the mechanism
/// [`Task`](crate::report::Mechanism::Task), whether the handle is awaited or dropped. So is a panic in it.
///
/// The task takes the current [`Scope`](crate::Scope) along, so that its reports tell the request's story; outside of
/// every scope it gets one of its own, of the Backstop that [installed the panic
/// hook](crate::Backstop::install_panic_hook). Where there is none either, nobody hears of an error, which
/// [`unreported_count`](crate::unreported_count) counts. Under `metadata.task` a report tells where the task was spawned: this place, and
/// those of the spawns around it.
///
/// The handle gives the value, the error or the panic as ever. An error that a handler then returns is not reported
/// again, and is answered under the same id. As with [`notify`](crate::notify), what
/// [`filter`](crate::Builder::filter) and [`ignore`](crate::Builder::ignore) say is not asked for.
///
/// As in handlers, `?` makes an [`Error`](crate::Error) of what fails, and no type need be named. A future of another
/// error goes into a block: `async { Ok(import().await?) }`. One that cannot fail is for
/// [`Scope::spawn`](crate::Scope::spawn).
///
/// ```
/// use backstop::Backstop;
/// use backstop::report::Mechanism;
/// use backstop::prelude::*;
/// use backstop::reporters::Memory;
/// use std::time::Duration;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let memory = Memory::new();
/// let backstop = Backstop::production().reporter(memory.clone()).build()?;
/// backstop.install_panic_hook();
///
/// let cleaning = backstop::spawn(async {
///     std::fs::remove_dir("/no/such/folder").context("cleaning up")?;
///     Ok(())
/// });
///
/// assert!(cleaning.await?.is_err());
/// backstop.flush(Duration::from_secs(5)).await;
/// let report = &memory.reports()[0];
/// assert_eq!((report.mechanism, report.handled), (Mechanism::Task, false));
/// assert_eq!(report.errors[0].message, "cleaning up");
/// assert!(report.metadata["task"]["spawned_at"][0].as_str().unwrap().contains(".rs:"));
/// # Ok(()) }
/// ```
///
/// # Panics
///
/// Outside a tokio runtime, as [`tokio::spawn`] does.
#[track_caller]
pub fn spawn<T: Send + 'static>(
    future: impl Future<Output = Result<T>> + Send + 'static,
) -> JoinHandle<Result<T>> {
    report::spawn(future)
}
