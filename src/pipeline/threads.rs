//! Where the work runs: threads with runtimes of their own, so that no user's runtime takes reports along
//! when it ends, and no reporter that blocks holds up another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::{self, Handle};

use super::core::{Core, Track};
use super::settings::Executor;
use super::{reporting, work};

/// How often in a row a thread's work may panic; the next report then starts another.
const MAX_LIVES: usize = 8;

/// Starts the worker, whose flag is set already.
pub(super) fn start_worker(core: &Arc<Core>) {
    let running = Running {
        core: Arc::clone(core),
        track: None,
    };
    let core = Arc::clone(core);
    spawn("backstop", running, move || work::worker(Arc::clone(&core)));
}

/// Starts the thread of one reporter, whose flag is set already.
pub(super) fn start_lane(core: &Arc<Core>, track: &Arc<Track>) {
    let running = Running {
        core: Arc::clone(core),
        track: Some(Arc::clone(track)),
    };
    let (core, track) = (Arc::clone(core), Arc::clone(track));
    let name = format!("backstop-{}", track.name);
    spawn(&name, running, move || {
        work::lane(Arc::clone(&core), Arc::clone(&track))
    });
}

fn spawn<F>(name: &str, running: Running, work: impl Fn() -> F + Send + 'static)
where
    F: Future<Output = ()> + Send + 'static,
{
    if running.core.place == Executor::CurrentRuntime
        && let Ok(runtime) = Handle::try_current()
    {
        let work = work();
        runtime.spawn(reporting::marked(async move {
            let _running = running;
            work.await;
        }));
        return;
    }
    let run = move || {
        let _reporting = reporting::enter();
        let running = running;
        let one_life = || {
            // Without a runtime there is no work; the next report tries again.
            let runtime = runtime::Builder::new_current_thread().enable_all().build();
            if let Ok(runtime) = runtime {
                runtime.block_on(work());
            }
        };
        // What dies begins anew, until it seems to die of something that stays.
        let lives = (0..MAX_LIVES).map(|_| catch_unwind(AssertUnwindSafe(one_life)));
        let _ = lives.into_iter().any(|life| life.is_ok());
        drop(running);
    };
    // A thread that can't be had drops `running`, so that the next report tries again.
    let _ = std::thread::Builder::new().name(name.to_owned()).spawn(run);
}

/// Held while the work goes on; whatever ends it, the next report finds that it has ended.
struct Running {
    core: Arc<Core>,
    track: Option<Arc<Track>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let works: &AtomicBool = match &self.track {
            Some(track) => &track.works,
            None => &self.core.works,
        };
        works.store(false, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::mpsc;

    use super::*;
    use crate::pipeline::Settings;

    /// How often work is begun that panics so many times, and whether a new report finds that it has ended.
    fn lives(panics: usize) -> (usize, bool) {
        let core = Arc::new(Core::new(Settings::default()));
        core.works.store(true, Ordering::Release);
        let lives = Arc::new(AtomicUsize::new(0));
        let (core_of_thread, count) = (Arc::clone(&core), Arc::clone(&lives));
        let (ended, ends) = mpsc::channel::<()>();
        let running = Running {
            core: core_of_thread,
            track: None,
        };
        spawn("test", running, move || {
            let _ended = &ended;
            let count = Arc::clone(&count);
            async move {
                let _quiet = crate::testing::quiet_panics();
                let life = count.fetch_add(1, Ordering::AcqRel);
                assert!(life >= panics, "it dies");
            }
        });
        // The closure goes with its thread, last of all.
        assert!(ends.recv().is_err());
        let works = core.works.load(Ordering::Acquire);
        (lives.load(Ordering::Acquire), works)
    }

    #[test]
    fn work_that_panics_begins_anew_and_gives_up_only_if_that_never_helps() {
        assert_eq!(lives(0), (1, false));
        assert_eq!(lives(2), (3, false));
        assert_eq!(lives(usize::MAX), (MAX_LIVES, false));
    }
}
