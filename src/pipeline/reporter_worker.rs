//! The loop that delivers the backlog of one reporter.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::backlog::{Body, Key, Loaded, Step};
use super::catch_unwind::CatchUnwind;
use super::reporter_state::ReporterState;
use crate::report::report::Report;
use crate::reporters::{BoxFuture, Delivery};

/// A batch that is being delivered.
struct InFlight<'a> {
    batch: Vec<Loaded>,
    delivery: BoxFuture<'a, Deliveries>,
}

/// What the reporter returned; `None` if it panicked or timed out.
type Deliveries = Option<Vec<Delivery>>;

/// How long one delivery may take.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a spool looks for reports that ended processes left behind.
const SCAN_INTERVAL: Duration = Duration::from_secs(60);

/// Starts the loop unless it is running.
pub(super) fn start(state: &Arc<ReporterState>) {
    if !state.runner.is_running() {
        let name = format!("backstop-{}", state.name);
        let worker = Arc::clone(state);
        let work = move || run(Arc::clone(&worker));
        state.runner.start(&name, state.executor, work);
    }
}

async fn run(state: Arc<ReporterState>) {
    state.backlog().recover();
    let mut next_scan = state.executor.now();
    let mut in_flight: Option<InFlight<'_>> = None;
    loop {
        scan_if_due(&state, &mut next_scan);
        let now = state.executor.now();
        let next = state.backlog().next(now, in_flight.is_some());
        state.end(next.ended);
        match next.step {
            Step::Store => state.store(),
            Step::Deliver(batch) => in_flight = deliver(&state, batch),
            Step::Wait(until) => {
                let until = or_scan(&state, until, next_scan);
                if let Some(deliveries) = wait(&state, until, in_flight.as_mut()).await
                    && let Some(InFlight { batch, .. }) = in_flight.take()
                {
                    delivered(&state, batch, deliveries);
                }
            }
            Step::Done => return,
        }
    }
}

/// Begins to deliver a batch; `None` if none of it can be read.
fn deliver(state: &ReporterState, batch: Vec<(Key, Body)>) -> Option<InFlight<'_>> {
    let batch = state.load(batch);
    if batch.is_empty() {
        return None;
    }
    state.notify_drops();
    let reports: Vec<Arc<Report>> = batch.iter().map(|it| Arc::clone(&it.report)).collect();
    let delivery = Box::pin(async move {
        // Called inside a future, so that a panic before `deliver` returns its own future is caught too.
        let deliver = async { state.reporter.deliver(&reports).await };
        let deliver = CatchUnwind::new(Box::pin(deliver));
        timeout(DELIVERY_TIMEOUT, deliver).await.ok().flatten()
    });
    Some(InFlight { batch, delivery })
}

fn delivered(state: &ReporterState, batch: Vec<Loaded>, deliveries: Deliveries) {
    let is_broken = deliveries.is_none();
    // A report for which the reporter returned no delivery is tried again.
    let deliveries = deliveries.unwrap_or_default().into_iter();
    let deliveries = deliveries.chain(std::iter::repeat(Delivery::RETRY));
    state.delivered(batch.into_iter().zip(deliveries).collect(), is_broken);
}

/// Waits until the batch in flight is delivered, and returns its deliveries; or returns `None` once the loop is woken
/// or `until` has passed.
async fn wait(
    state: &ReporterState,
    until: Option<Instant>,
    in_flight: Option<&mut InFlight<'_>>,
) -> Option<Deliveries> {
    let mut woken = pin!(state.wake.notified());
    let mut time = pin!(async {
        match until {
            Some(until) => sleep_until(until).await,
            None => std::future::pending().await,
        }
    });
    let mut delivery = in_flight.map(|it| it.delivery.as_mut());
    poll_fn(|cx| {
        if let Some(delivery) = &mut delivery
            && let Poll::Ready(deliveries) = delivery.as_mut().poll(cx)
        {
            return Poll::Ready(Some(deliveries));
        }
        let is_over = woken.as_mut().poll(cx).is_ready() || time.as_mut().poll(cx).is_ready();
        if is_over {
            Poll::Ready(None)
        } else {
            Poll::Pending
        }
    })
    .await
}

fn scan_if_due(state: &ReporterState, next_scan: &mut Instant) {
    let now = state.executor.now();
    if *next_scan <= now && scans(state) {
        *next_scan = now + SCAN_INTERVAL;
        state.adopt();
    }
}

fn or_scan(state: &ReporterState, until: Option<Instant>, next_scan: Instant) -> Option<Instant> {
    let scan = scans(state).then_some(next_scan);
    [until, scan].into_iter().flatten().min()
}

/// Whether the loop looks for reports that ended processes left behind.
fn scans(state: &ReporterState) -> bool {
    state.has_spool() && !state.backlog().is_ended()
}
