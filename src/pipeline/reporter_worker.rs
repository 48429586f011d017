//! One reporter with its backlog, and the loop that delivers it.

use std::borrow::Cow;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until, timeout};

use super::announcer::Announcer;
use super::backlog::{Backlog, Body, Ended, Key, Offer, Spooler, Step, Stored};
use super::catch_unwind::CatchUnwind;
use super::completion::Completion;
use super::settings::{Executor, InvalidSetting, QueueLimits};
use super::threads::Runner;
use crate::panics::catch::catch_panic;
use crate::report::report::Report;
use crate::reporters::{BoxFuture, ConfiguredReporter, Delivery, DynReporter};

#[derive(Debug)]
pub(super) struct ReporterWorker {
    pub(super) name: Cow<'static, str>,
    reporter: Box<dyn DynReporter>,
    backlog: Mutex<Backlog>,
    /// `None` where the backlog is in memory.
    spooler: Option<Spooler>,
    announcer: Arc<Announcer>,
    executor: Executor,
    pub(super) wake: Notify,
    runner: Runner,
}

/// What the workers of a pipeline have in common.
#[derive(Debug)]
pub(super) struct WorkerSettings {
    pub(super) queue: QueueLimits,
    pub(super) seed: Option<u64>,
    pub(super) executor: Executor,
    pub(super) announcer: Arc<Announcer>,
}

/// A batch that is being delivered.
struct InFlight<'a> {
    reports: Vec<(Key, Option<Stored>)>,
    /// `None` if the delivery panics or takes too long.
    delivery: BoxFuture<'a, Option<Vec<Delivery>>>,
}

/// How long one delivery may take.
const DELIVERY_TIMEOUT: Duration = Duration::from_secs(60);
/// How often a spool looks for what other processes have left.
const SCAN_INTERVAL: Duration = Duration::from_secs(60);

impl ReporterWorker {
    /// Opens the spool, if there is one.
    pub(super) fn new(
        configured: ConfiguredReporter,
        settings: &WorkerSettings,
    ) -> Result<Self, InvalidSetting> {
        let ConfiguredReporter { reporter, spool } = configured;
        let WorkerSettings {
            queue,
            seed,
            executor,
            ..
        } = *settings;
        let name = reporter.name();
        let now = executor.now();
        let (backlog, spooler) = match spool {
            Some(spool) => {
                let owner = format!("{name}\n{}", reporter.destination());
                let spooler = Spooler::open(&spool, &owner)
                    .map_err(|error| InvalidSetting::spool(&name, &spool, &error))?;
                let backlog = Backlog::on_disk(queue, spool.max_age, seed, now);
                (backlog, Some(spooler))
            }
            None => (Backlog::in_memory(queue, seed, now), None),
        };
        Ok(Self {
            name,
            reporter,
            backlog: Mutex::new(backlog),
            spooler,
            announcer: Arc::clone(&settings.announcer),
            executor,
            wake: Notify::new(),
            runner: Runner::default(),
        })
    }

    /// Starts the loop if it does not run.
    pub(super) fn start(self: &Arc<Self>) {
        let name = format!("backstop-{}", self.name);
        let worker = Arc::clone(self);
        let work = move || Arc::clone(&worker).run();
        self.runner.start(&name, self.executor, work);
    }

    pub(super) fn backlog(&self) -> MutexGuard<'_, Backlog> {
        self.backlog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) const fn has_spool(&self) -> bool {
        self.spooler.is_some()
    }

    /// Writes the report of a panic that ends this process, if there is a spool.
    pub(super) fn store_last(&self, report: &Report) -> Option<Stored> {
        let spooler = self.spooler.as_ref()?;
        let (stored, evicted) = spooler.store_last(&self.backlog, report);
        self.announcer.announce(&self.name, evicted);
        stored
    }

    /// Takes a report, or drops it; one that is `stored` already is spooled from now on.
    pub(super) fn offer(&self, offer: Offer, stored: Option<Stored>) -> Option<Completion> {
        let now = self.executor.now();
        let completion = match stored {
            Some(stored) => Some(self.backlog().offer_stored(offer, stored, now)),
            None => self.backlog().offer(offer, now),
        };
        self.wake.notify_one();
        completion
    }

    /// Takes over what processes that have ended left on disk; returns whether one of them ended as it started.
    pub(super) fn adopt(&self) -> bool {
        let Some(spooler) = &self.spooler else {
            return false;
        };
        let found = spooler.adopt(&self.backlog, self.executor.now());
        self.announcer.announce(&self.name, found.completions);
        found.died_at_start
    }

    /// Leaves what is on disk to another process.
    pub(super) fn leave_disk(&self) {
        if let Some(spooler) = &self.spooler {
            spooler.leave(&self.backlog);
        }
    }

    async fn run(self: Arc<Self>) {
        self.backlog().recover();
        let mut next_scan = self.executor.now();
        let mut in_flight: Option<InFlight<'_>> = None;
        loop {
            self.scan_if_due(&mut next_scan);
            let now = self.executor.now();
            let next = self.backlog().next(now, in_flight.is_some());
            self.end(next.ended);
            match next.step {
                Step::Store => self.store(),
                Step::Deliver(batch) => in_flight = self.deliver(batch),
                Step::Wait(until) => {
                    let until = self.with_scan(until, next_scan);
                    if let Some(answer) = self.wait(until, in_flight.as_mut()).await
                        && let Some(InFlight { reports, .. }) = in_flight.take()
                    {
                        self.delivered(reports, answer);
                    }
                }
                Step::Done => return,
            }
        }
    }

    fn scan_if_due(&self, next_scan: &mut Instant) {
        let now = self.executor.now();
        if *next_scan <= now && !self.backlog().is_ended() {
            *next_scan = now + SCAN_INTERVAL;
            self.adopt();
        }
    }

    fn with_scan(&self, until: Option<Instant>, next_scan: Instant) -> Option<Instant> {
        let scan = self.spooler.as_ref().map(|_| next_scan);
        let scan = scan.filter(|_| !self.backlog().is_ended());
        [until, scan].into_iter().flatten().min()
    }

    fn store(&self) {
        if let Some(spooler) = &self.spooler {
            let stored = spooler.store(&self.backlog);
            self.announcer.announce(&self.name, stored);
        }
    }

    /// Begins to deliver a batch; `None` if none of it can be read.
    fn deliver(&self, batch: Vec<(Key, Body)>) -> Option<InFlight<'_>> {
        let (keys, reports): (Vec<_>, Vec<_>) = self.load(batch).into_iter().unzip();
        if reports.is_empty() {
            return None;
        }
        self.notify_drops();
        let delivery = Box::pin(async move {
            // A call that panics before it has made its future is caught too.
            let deliver = async { self.reporter.deliver(&reports).await };
            let deliver = CatchUnwind::new(Box::pin(deliver));
            timeout(DELIVERY_TIMEOUT, deliver).await.ok().flatten()
        });
        Some(InFlight {
            reports: keys,
            delivery,
        })
    }

    /// Reads what is on disk.
    fn load(&self, batch: Vec<(Key, Body)>) -> Vec<((Key, Option<Stored>), Arc<Report>)> {
        let (mut loaded, mut stored) = (Vec::with_capacity(batch.len()), Vec::new());
        for (key, body) in batch {
            match body {
                Body::Memory { report, .. } => loaded.push(((key, None), report)),
                Body::Disk(it) => stored.push((key, it)),
            }
        }
        if let Some(spooler) = self.spooler.as_ref().filter(|_| !stored.is_empty()) {
            let (readable, dropped) = spooler.read(&self.backlog, &stored);
            self.announcer.announce(&self.name, dropped);
            for (key, stored, report) in readable {
                loaded.push(((key, Some(stored)), report));
            }
        }
        loaded
    }

    /// Calls the reporter back with what was dropped since the last batch.
    fn notify_drops(&self) {
        let refused = self.announcer.refused.snapshot();
        let drops = self.backlog().newly_dropped(&refused);
        for (reason, count) in drops {
            catch_panic(|| self.reporter.dropped(reason, count));
        }
    }

    /// Waits until the batch in flight is delivered, and returns what became of it; or until something else happens.
    async fn wait(
        &self,
        until: Option<Instant>,
        in_flight: Option<&mut InFlight<'_>>,
    ) -> Option<Option<Vec<Delivery>>> {
        let mut woken = pin!(self.wake.notified());
        let mut time = pin!(async {
            match until {
                Some(until) => sleep_until(until).await,
                None => std::future::pending().await,
            }
        });
        let mut delivery = in_flight.map(|it| it.delivery.as_mut());
        poll_fn(|cx| {
            if let Some(delivery) = &mut delivery
                && let Poll::Ready(answer) = delivery.as_mut().poll(cx)
            {
                return Poll::Ready(Some(answer));
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

    fn delivered(&self, reports: Vec<(Key, Option<Stored>)>, answer: Option<Vec<Delivery>>) {
        let is_broken = answer.is_none();
        let deliveries = answer.unwrap_or_default().into_iter();
        // A report without a delivery was not delivered.
        let deliveries = deliveries.chain(std::iter::repeat(Delivery::RETRY));
        let deliveries: Vec<_> = reports.into_iter().zip(deliveries).collect();
        if let Some(spooler) = &self.spooler {
            // Before they are counted, so that after a flush no file of theirs is there.
            let done = deliveries
                .iter()
                .filter(|(_, delivery)| delivery.is_final());
            let files: Vec<Stored> = done.filter_map(|((_, stored), _)| *stored).collect();
            spooler.remove(&files);
        }
        let deliveries = deliveries.into_iter();
        let deliveries = deliveries.map(|((key, _), delivery)| (key, delivery));
        let now = self.executor.now();
        let ended = self
            .backlog()
            .delivered(deliveries.collect(), is_broken, now);
        self.end(ended);
    }

    fn end(&self, ended: Ended) {
        if let Some(spooler) = &self.spooler {
            spooler.remove(&ended.files);
        }
        self.announcer.announce(&self.name, ended.completions);
    }
}
