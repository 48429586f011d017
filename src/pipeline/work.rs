//! The loops of the worker and of each reporter.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

use super::core::{Core, Track};
use super::keep::NextResume;
use super::lane::{Answer, Next};
use super::reporting;
use crate::panics::catch::{catch_panic, drop_catching};
use crate::report::report::Report;
use crate::reporters::{Boxed, Resumed};

/// Makes reports of what was captured and hands them to the lanes.
pub(super) async fn worker(core: Arc<Core>) {
    // For so long it looks by itself, so that of many failures only the first one pays for waking it.
    const NAP: Duration = Duration::from_millis(1);
    let mut has_napped = false;
    loop {
        core.start_lanes();
        while let Some(item) = core.queue.pop() {
            core.process(item);
            core.start_lanes();
            has_napped = false;
            tokio::task::yield_now().await;
        }
        if core.queue.is_done() {
            core.end_lanes();
            return;
        }
        if !has_napped {
            wait(&core.queue.wake, Some(Instant::now() + NAP)).await;
            has_napped = true;
        } else if core.queue.sleep() {
            core.queue.wake.notified().await;
            has_napped = false;
        }
    }
}

/// Works off the backlog of one reporter, and what the reporter itself keeps.
pub(super) async fn lane(core: Arc<Core>, track: Arc<Track>) {
    track.lock().recover(track.keeps, Instant::now());
    let resumer = track.keeps.then(|| {
        let resumer = resumer(Arc::clone(&core), Arc::clone(&track));
        Aborting(tokio::spawn(reporting::marked(resumer)))
    });
    deliverer(&core, &track).await;
    if let Some(mut resumer) = resumer {
        track.wake_resume.notify_one();
        // One that panicked has nothing to wait for.
        let _ = (&mut resumer.0).await;
    }
}

async fn deliverer(core: &Core, track: &Track) {
    loop {
        let (settled, next) = track.lock().next(Instant::now());
        core.tell(track, settled);
        match next {
            Next::Deliver { batch, reports } => {
                let dropped = track.lock().newly_dropped(&core.dropped.snapshot());
                for (reason, count) in dropped {
                    catch_panic(|| track.reporter.dropped(reason, count));
                }
                let answer = deliver(track, &reports).await;
                let jitter = || core.random.unit();
                let settled = track.lock().answered(batch, answer, Instant::now(), jitter);
                core.tell(track, settled);
                track.wake_resume.notify_one();
            }
            Next::Wait(until) => wait(&track.wake, until).await,
            Next::Done => return,
        }
    }
}

async fn resumer(core: Arc<Core>, track: Arc<Track>) {
    const AFTER_PANIC: Duration = Duration::from_secs(60);
    loop {
        let next = track.lock().next_resume(Instant::now());
        match next {
            NextResume::Now => {
                let resume = Caught::new(track.reporter.resume());
                let resumed = timeout(track.patience.delivery, resume).await;
                let resumed = resumed.ok().flatten().unwrap_or_else(|| Resumed {
                    again: Some(AFTER_PANIC),
                    ..Resumed::default()
                });
                let settled = track.lock().resumed(&resumed, Instant::now());
                core.tell(&track, settled);
            }
            NextResume::Wait(until) => wait(&track.wake_resume, until).await,
            NextResume::Done => return,
        }
    }
}

async fn deliver(track: &Track, reports: &[Arc<Report>]) -> Answer {
    let deliver = async { track.reporter.deliver(reports).await };
    let delivered = timeout(track.patience.delivery, Caught::new(Box::pin(deliver))).await;
    match delivered {
        Ok(Some(answers)) => Answer::Given(answers),
        Ok(None) | Err(_) => Answer::Broken,
    }
}

async fn wait(wake: &Notify, until: Option<Instant>) {
    match until {
        // Which of the two it was is seen by what there is to do.
        Some(until) => drop(timeout_at(until, wake.notified()).await),
        None => wake.notified().await,
    }
}

/// A future whose panics, in polls and when it is dropped, are `None`.
struct Caught<'a, T>(Option<Boxed<'a, T>>);

impl<'a, T> Caught<'a, T> {
    fn new(future: Boxed<'a, T>) -> Self {
        Self(Some(future))
    }
}

impl<T> Future for Caught<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let Some(future) = &mut self.0 else {
            return Poll::Ready(None);
        };
        match catch_panic(|| future.as_mut().poll(cx)) {
            Some(poll) => poll.map(Some),
            None => Poll::Ready(None),
        }
    }
}

impl<T> Drop for Caught<'_, T> {
    fn drop(&mut self) {
        drop_catching(self.0.take());
    }
}

/// A task that ends with whoever waits for it.
struct Aborting(tokio::task::JoinHandle<()>);

impl Drop for Aborting {
    fn drop(&mut self) {
        self.0.abort();
    }
}
