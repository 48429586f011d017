//! The worker: turns events into reports and hands them to the reporters.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::backlog::{Offer, Stored};
use super::completion::Completion;
use super::pipeline_state::PipelineState;
use super::prepare::prepare;
use super::queue::Item;
use super::reporter_state::ReporterState;
use super::reporter_worker;
use super::settings::Executor;
use crate::panics::catch::drop_catching;
use crate::report::event::Event;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// Starts the worker unless it is running: with the first report, and again after it died.
pub(super) fn start(state: &Arc<PipelineState>) {
    if !state.runner.is_running() {
        let worker = Arc::clone(state);
        let work = move || run(Arc::clone(&worker));
        state.runner.start("backstop", state.executor, work);
    }
}

/// How many reports the reporters are given before they are woken: as many as they deliver in one batch.
const MAX_UNSEEN: usize = 32;

/// Makes the reporters look at their backlogs. Waking a thread costs more than handing over a report, so in a burst of
/// failures they are woken once for many reports.
fn wake_reporters(state: &PipelineState) {
    for reporter in &state.reporters {
        reporter_worker::start(reporter);
        reporter.wake.notify_one();
    }
}

/// Restarts the loops that died with work left.
pub(super) fn revive(state: &Arc<PipelineState>) {
    if !state.queue.lock().is_empty() {
        start(state);
        state.queue.wake.notify_one();
    }
    for reporter in &state.reporters {
        if !reporter.backlog().is_empty() {
            reporter_worker::start(reporter);
        }
    }
}

/// Closes the queue; reports that are already in the pipeline have until the deadline.
pub(super) fn close(state: &Arc<PipelineState>, deadline: Instant) {
    let now = state.executor.now();
    for reporter in &state.reporters {
        reporter.backlog().close_at(deadline, now);
    }
    state.queue.close();
    if state.runner.is_running() || !state.queue.lock().is_empty() {
        start(state);
    } else {
        state.end_reporters();
    }
    for reporter in &state.reporters {
        reporter.wake.notify_one();
    }
}

async fn run(state: Arc<PipelineState>) {
    // After work, the worker checks the queue once more on its own, so that in a burst of failures only the first one
    // pays for waking it.
    const NAP: Duration = Duration::from_millis(1);
    let mut has_napped = false;
    wake_reporters(&state);
    loop {
        let mut unseen = 0;
        let mut woken = std::time::Instant::now();
        while let Some(item) = state.queue.pop() {
            let is_urgent = item.event.is_urgent;
            process(&state, item);
            unseen += 1;
            // No report waits for long while others are made, which may take time.
            if is_urgent || unseen == MAX_UNSEEN || woken.elapsed() >= NAP {
                wake_reporters(&state);
                unseen = 0;
                woken = std::time::Instant::now();
            }
            has_napped = false;
            tokio::task::yield_now().await;
        }
        if unseen > 0 {
            wake_reporters(&state);
        }
        if state.queue.is_done() {
            state.end_reporters();
            return;
        }
        if !has_napped {
            let _ = timeout(NAP, state.queue.wake.notified()).await;
            has_napped = true;
        } else if state.queue.sleep() {
            rest(&state).await;
            has_napped = false;
        }
    }
}

/// Waits for work, and gives back the memory of debug information that is not used for a while.
async fn rest(state: &PipelineState) {
    const KEEP: Duration = Duration::from_secs(10);
    let mut woken = pin!(state.queue.wake.notified());
    // On the runtime of a test, a timer would let its paused clock jump.
    if state.executor == Executor::Threads && state.symbolizer.has_loaded() {
        if timeout(KEEP, &mut woken).await.is_ok() {
            return;
        }
        state.symbolizer.release();
    }
    woken.await;
}

/// A report and its size, or why there is none.
type Made = Result<(Arc<Report>, usize), Outcome>;

fn process(state: &PipelineState, item: Item) {
    let Item {
        event,
        suppressed,
        waiter,
        number,
        ..
    } = item;
    if let Some(waiter) = &waiter {
        waiter.expect(state.reporters.len());
    }
    let (id, is_urgent) = (event.id(), event.is_urgent);
    let is_panic = event.is_panic();
    let made = make(state, event, suppressed, is_panic);
    let stored = store_last(state, &made, is_urgent);
    let mut completions = Vec::with_capacity(state.reporters.len());
    let handover = state.hand_over();
    for (reporter, stored) in state.reporters.iter().zip(stored) {
        let waiter = waiter.clone();
        let completion = match &made {
            Ok((report, weight)) => {
                let offer = Offer {
                    report: Arc::clone(report),
                    number,
                    weight: *weight,
                    is_panic,
                    waiter,
                };
                reporter.offer(offer, stored)
            }
            Err(outcome) => Some(reporter.backlog().refuse(id, *outcome, waiter)),
        };
        completions.push(completion);
    }
    state.queue.lock().in_hand = None;
    drop(handover);
    announce(state, completions);
}

/// Makes the report, unless no reporter has room for it.
fn make(state: &PipelineState, event: Box<Event>, suppressed: u64, is_panic: bool) -> Made {
    let has_room = |reporter: &Arc<ReporterState>| reporter.backlog().has_room(0, is_panic);
    if !event.is_urgent && !state.reporters.iter().any(has_room) {
        // An error's own destructor may panic.
        drop_catching(event);
        return Err(Outcome::QueueFull);
    }
    let timeout = event.is_urgent.then_some(state.crash_timeout / 2);
    let (symbolizer, redactor) = (&state.symbolizer, &state.redactor);
    let report = prepare(event, suppressed, symbolizer, timeout, redactor);
    let report = report.ok_or(Outcome::Filtered)?;
    let weight = report.size();
    Ok((Arc::new(report), weight))
}

/// Writes the report of a panic that may end the process to every spool, before anything else can delay that.
fn store_last(state: &PipelineState, made: &Made, is_urgent: bool) -> Vec<Option<Stored>> {
    let mut stored = Vec::with_capacity(state.reporters.len());
    for reporter in &state.reporters {
        let report = made.as_ref().ok().filter(|_| is_urgent);
        stored.push(report.and_then(|(report, _)| reporter.store_last(report)));
    }
    stored
}

fn announce(state: &PipelineState, completions: Vec<Option<Completion>>) {
    for (reporter, completion) in state.reporters.iter().zip(completions) {
        let completions = completion.into_iter().collect();
        state.announcer.announce(&reporter.name, completions);
    }
}
