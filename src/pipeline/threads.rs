//! Where the pipeline runs: threads with runtimes of their own, so that reports survive the shutdown of the
//! application's runtime, and a reporter that blocks does not delay another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::{self, Handle};

use super::recursion;
use super::settings::Executor;

/// How many panics in a row end a loop; after that, the next report starts it again.
const MAX_LIVES: usize = 8;

/// Runs one loop, at most once at a time. However the loop ends, it can be started again.
#[derive(Debug, Default)]
pub(super) struct Runner {
    is_running: Arc<AtomicBool>,
}

impl Runner {
    pub(super) fn is_running(&self) -> bool {
        self.is_running.load(Ordering::Acquire)
    }

    /// Starts the loop unless it is running. A loop that panics is restarted.
    pub(super) fn start<F>(
        &self,
        name: &str,
        executor: Executor,
        work: impl Fn() -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send + 'static,
    {
        if self.is_running() || self.is_running.swap(true, Ordering::AcqRel) {
            return;
        }
        let running = Running(Arc::clone(&self.is_running));
        if executor == Executor::CurrentRuntime
            && let Ok(runtime) = Handle::try_current()
        {
            let work = work();
            runtime.spawn(recursion::marked(async move {
                let _running = running;
                work.await;
            }));
            return;
        }
        let run = move || {
            let _working = recursion::enter();
            let _running = running;
            run_lives(&work);
        };
        // If no thread can be spawned, `running` is dropped, so that the next report tries again.
        let _ = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    }
}

/// Runs the loop to its end. A loop that panics is restarted, until it has panicked [`MAX_LIVES`] times.
fn run_lives<F: Future<Output = ()>>(work: &impl Fn() -> F) {
    for _ in 0..MAX_LIVES {
        let life = || {
            // If no runtime can be built, the loop ends, and the next report tries again.
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(work());
            }
        };
        if catch_unwind(AssertUnwindSafe(life)).is_ok() {
            return;
        }
    }
}

/// Marks the loop as running until dropped, however the loop ends.
struct Running(Arc<AtomicBool>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    use super::*;

    /// How often a loop is begun that panics so many times, and whether it counts as running afterwards.
    fn lives(panics: usize) -> (usize, bool) {
        let runner = Runner::default();
        let lives = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&lives);
        let (ended, ends) = mpsc::channel::<()>();
        runner.start("test", Executor::Threads, move || {
            let _ended = &ended;
            let count = Arc::clone(&count);
            async move {
                let _quiet = crate::testing::quiet_panics();
                let life = count.fetch_add(1, Ordering::AcqRel);
                assert!(life >= panics, "it dies");
            }
        });
        // The thread drops the closure last of all.
        assert!(ends.recv().is_err());
        (lives.load(Ordering::Acquire), runner.is_running())
    }

    #[test]
    fn a_loop_that_panics_starts_over_and_gives_up_only_if_that_never_helps() {
        assert_eq!(lives(0), (1, false));
        assert_eq!(lives(2), (3, false));
        assert_eq!(lives(usize::MAX), (MAX_LIVES, false));
    }
}
