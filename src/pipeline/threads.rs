//! Where the work runs: threads with runtimes of their own, so that no user's runtime takes reports along
//! when it ends, and no reporter that blocks holds up another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::runtime::{self, Handle};

use super::core::{Core, Track};
use super::settings::Place;
use super::{reporting, work};

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
    if running.core.place == Place::CurrentRuntime
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
        while catch_unwind(AssertUnwindSafe(one_life)).is_err() {}
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
