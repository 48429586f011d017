//! Reports that survive the process.

use std::borrow::Cow;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use uuid::Uuid;

use super::folder::Folder;
use super::{Delivery, Keeper, Reporter, Resumed};
use crate::error::BoxError;
use crate::report::outcome::Outcome;
use crate::report::report::Report;

/// A folder in front of another reporter: a report is on disk, synced, before its delivery is tried, and
/// removed once it has arrived.
///
/// What a process leaves behind, killed or not, the next one that starts with this folder delivers, under the
/// same id; a report may so arrive twice and is never lost. Processes may share a folder: each has a part of
/// its own, which the others take over only when it is gone.
///
/// The report of a panic that ends the process is put here before anything else is done with it, and synced, so it is
/// there whatever becomes of its delivery: see [`Backstop::run`](crate::Backstop::run) and
/// [`crash_child`](crate::panics::crash_child). If the process ends so within two seconds of its start, the next one delivers
/// what it left before [`build`](crate::Builder::build) returns, for which that waits 2 seconds at the most: it may die
/// of the same.
///
/// At most 10,000 reports, 256 MiB and 7 days are kept by a process; beyond, the oldest go first, and are
/// counted. Where nothing can be written (a full disk), reports go to the other reporter at once.
///
/// The folder is made for this user alone, and may be no symbolic link. A file in it that is torn or is not a
/// report is set aside with the ending `.bad`.
///
/// ```
/// use backstop::{Backstop, reporters::{Memory, Spool}};
///
/// # let folder = std::env::temp_dir().join(format!("backstop-doc-{}", std::process::id()));
/// let backstop = Backstop::production()
///     .reporter(Spool::new(&folder, Memory::new()))
///     .build()?;
/// # drop(backstop);
/// # std::fs::remove_dir_all(folder).unwrap();
/// # Ok::<(), backstop::ConfigError>(())
/// ```
pub struct Spool<R> {
    path: PathBuf,
    inner: R,
    max_count: usize,
    max_bytes: u64,
    max_age: Duration,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    folder: Option<Folder>,
    /// Reports that are gone, to be told of next time.
    gone: Vec<(Uuid, Delivery)>,
    recovered: u64,
    failures: u32,
    /// The other side is left alone until then.
    not_before: Option<Instant>,
    scanned: Option<Instant>,
    /// Whether everything was left to another process.
    is_left: bool,
}

const MAX_BATCH: usize = 32;
/// How often parts of processes that are gone are looked for.
const SCAN: Duration = Duration::from_secs(60);
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

impl<R: Reporter> Spool<R> {
    /// Keeps reports in a folder, which is made if it is not there, and delivers them to `inner`.
    pub fn new(folder: impl Into<PathBuf>, inner: R) -> Self {
        Self {
            path: folder.into(),
            inner,
            max_count: 10_000,
            max_bytes: 256 * 1024 * 1024,
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
            state: Mutex::default(),
        }
    }

    /// How many reports are kept. Default: 10,000.
    #[must_use]
    pub fn max_count(mut self, count: usize) -> Self {
        self.max_count = count;
        self
    }

    /// How many bytes of reports are kept. Default: 256 MiB.
    #[must_use]
    pub fn max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// For how long a report is kept. Default: 7 days.
    #[must_use]
    pub fn max_age(mut self, age: Duration) -> Self {
        self.max_age = age;
        self
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens the folder and takes over what dead processes have left.
    fn open(&self, state: &mut State) -> std::io::Result<()> {
        if state.is_left {
            return Err(std::io::Error::other("this process ends"));
        }
        if state.folder.is_none() {
            state.folder = Some(Folder::open(&self.path)?);
        }
        let now = Instant::now();
        let is_due = state.scanned.is_none_or(|scanned| scanned + SCAN <= now);
        if let Some(folder) = state.folder.as_mut().filter(|_| is_due) {
            state.recovered += folder.adopt();
            state.scanned = Some(now);
            self.make_room(state, 0);
        }
        Ok(())
    }

    /// Puts one report on disk; the folder itself is synced once for a batch.
    fn write(&self, state: &mut State, report: &Report, is_last: bool) -> Option<()> {
        let json = serde_json::to_vec(report).ok()?;
        if json.len() as u64 > self.max_bytes {
            return None;
        }
        self.make_room(state, json.len() as u64);
        let folder = state.folder.as_mut()?;
        let at = SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(report.timestamp));
        let is_early = is_last && at.is_some_and(|at| folder.is_early(at));
        folder.write(report.id, &json, is_early).ok()
    }

    /// Lets the oldest go until one more report of so many bytes fits.
    fn make_room(&self, state: &mut State, bytes: u64) {
        let State { folder, gone, .. } = state;
        let Some(folder) = folder else { return };
        let now = SystemTime::now();
        let one_more = usize::from(bytes > 0);
        while let Some(oldest) = folder.oldest() {
            let is_old = now
                .duration_since(oldest.written)
                .is_ok_and(|age| age > self.max_age);
            let is_full =
                folder.len() + one_more > self.max_count || folder.bytes() + bytes > self.max_bytes;
            let delivery = match (is_old, is_full) {
                (true, _) => Delivery::Expired,
                (false, true) => Delivery::Evicted,
                (false, false) => break,
            };
            let id = oldest.id;
            folder.remove(id);
            gone.push((id, delivery));
        }
    }

    /// The next batch, if it is time, and the files it is from.
    fn take(&self) -> (Vec<Arc<Report>>, Resumed) {
        let mut state = self.lock();
        let mut resumed = Resumed {
            again: Some(SCAN),
            ..Resumed::default()
        };
        if self.open(&mut state).is_err() {
            return (Vec::new(), resumed);
        }
        self.make_room(&mut state, 0);
        resumed.recovered = std::mem::take(&mut state.recovered);
        resumed.settled = std::mem::take(&mut state.gone);
        let now = Instant::now();
        if let Some(left) = state
            .not_before
            .and_then(|until| until.checked_duration_since(now))
            && !left.is_zero()
        {
            resumed.again = Some(left);
            return (Vec::new(), resumed);
        }
        let mut batch = Vec::new();
        let Some(folder) = &mut state.folder else {
            return (batch, resumed);
        };
        for kept in folder.next(MAX_BATCH) {
            match folder.read(&kept) {
                Some(report) => batch.push(Arc::new(report)),
                None => {
                    folder.set_aside(kept.id);
                    resumed.settled.push((kept.id, Delivery::Rejected));
                }
            }
        }
        (batch, resumed)
    }

    /// Removes what has arrived, and tells when to go on.
    fn settle(&self, batch: &[Arc<Report>], answers: Vec<Delivery>, resumed: &mut Resumed) {
        let mut state = self.lock();
        let mut answers = answers.into_iter();
        let mut has_moved = false;
        let mut longest = None;
        for report in batch {
            match answers.next().unwrap_or(Delivery::RETRY) {
                Delivery::Unsent => {}
                Delivery::Retry { after } => {
                    longest = longest.max(after);
                    if let Some(folder) = &mut state.folder {
                        folder.tried(report.id);
                    }
                }
                answer => {
                    has_moved = true;
                    if let Some(folder) = &mut state.folder
                        && folder.remove(report.id)
                    {
                        // A report is kept here as long as it is not anywhere else.
                        let is_taken = answer == Delivery::Spooled;
                        let answer = if is_taken {
                            Delivery::Delivered
                        } else {
                            answer
                        };
                        resumed.settled.push((report.id, answer));
                    }
                }
            }
        }
        state.failures = if has_moved {
            0
        } else {
            state.failures.saturating_add(1)
        };
        let doubled = Duration::from_secs(1 << state.failures.min(9)).min(LONGEST_WAIT);
        let wait = longest.or_else(|| (!has_moved).then(|| doubled.mul_f64(jitter())));
        state.not_before = wait.map(|wait| Instant::now() + wait.min(SCAN * 60 * 24));
        let is_empty = state.folder.as_ref().is_none_or(|folder| folder.len() == 0);
        resumed.again = match wait {
            Some(wait) => Some(wait),
            None if is_empty => Some(SCAN),
            None => Some(Duration::ZERO),
        };
    }
}

impl<R: Reporter> Reporter for Spool<R> {
    async fn deliver(&self, batch: &[Arc<Report>]) -> Vec<Delivery> {
        let written: Vec<bool> = {
            let mut state = self.lock();
            let is_open = self.open(&mut state).is_ok();
            let mut write =
                |report: &Arc<Report>| is_open && self.write(&mut state, report, false).is_some();
            let mut written: Vec<bool> = batch.iter().map(&mut write).collect();
            let is_synced = state
                .folder
                .as_ref()
                .is_some_and(|folder| folder.sync().is_ok());
            if !is_synced {
                // Not durable: better delivered at once than promised.
                for (report, written) in batch.iter().zip(&mut written) {
                    let folder = state.folder.as_mut().filter(|_| *written);
                    *written = false;
                    folder.map(|folder| folder.remove(report.id));
                }
            }
            written
        };
        let unwritten = batch.iter().zip(&written).filter(|(_, written)| !**written);
        let unwritten: Vec<Arc<Report>> = unwritten.map(|(report, _)| Arc::clone(report)).collect();
        let mut answers = if unwritten.is_empty() {
            Vec::new()
        } else {
            self.inner.deliver(&unwritten).await
        }
        .into_iter();
        let answer = |written| match written {
            true => Delivery::Spooled,
            false => answers.next().unwrap_or(Delivery::RETRY),
        };
        written.into_iter().map(answer).collect()
    }

    fn name(&self) -> Cow<'static, str> {
        Cow::Owned(format!("Spool<{}>", self.inner.name()))
    }

    fn check(&self) -> Result<(), BoxError> {
        if self.max_count == 0 || self.max_bytes == 0 || self.max_age.is_zero() {
            return Err(
                "a spool without room keeps nothing; give max_count, max_bytes and max_age above 0"
                    .into(),
            );
        }
        self.inner.check()?;
        let opened = self.open(&mut self.lock());
        opened.map_err(|error| {
            format!("can't spool to {}: {error}; give a folder that this user may write, and no symbolic link", self.path.display()).into()
        })
    }

    fn dropped(&self, reason: Outcome, count: u64) {
        self.inner.dropped(reason, count);
    }

    fn kept(&self) -> Option<u64> {
        let state = self.lock();
        let kept = state.folder.as_ref().map_or(0, Folder::len);
        Some(kept as u64 + state.gone.len() as u64)
    }

    fn keeper(&self) -> Option<&dyn Keeper> {
        Some(self)
    }

    async fn resume(&self) -> Resumed {
        let (batch, mut resumed) = self.take();
        if batch.is_empty() {
            return resumed;
        }
        // If this never comes back, what was taken over must still be told.
        let mut told = Told {
            spool: self,
            resumed: Some(resumed),
        };
        let answers = self.inner.deliver(&batch).await;
        resumed = told.resumed.take().unwrap_or_default();
        self.settle(&batch, answers, &mut resumed);
        resumed
    }
}

impl<R: Reporter> Keeper for Spool<R> {
    fn keep(&self, report: &Report) -> bool {
        let mut state = self.lock();
        if self.open(&mut state).is_err() || self.write(&mut state, report, true).is_none() {
            return false;
        }
        let Some(folder) = &mut state.folder else {
            return false;
        };
        let is_synced = folder.sync().is_ok();
        if !is_synced {
            folder.remove(report.id);
        }
        is_synced
    }

    fn leave(&self) {
        let mut state = self.lock();
        state.is_left = true;
        // Its lock goes with it; its reports stay.
        state.folder = None;
    }

    fn died_at_start(&self) -> bool {
        let state = self.lock();
        state.folder.as_ref().is_some_and(|folder| folder.early > 0)
    }
}

/// What a resume that is cut off, or panics, puts back.
struct Told<'a, R: Reporter> {
    spool: &'a Spool<R>,
    resumed: Option<Resumed>,
}

impl<R: Reporter> Drop for Told<'_, R> {
    fn drop(&mut self) {
        if let Some(resumed) = self.resumed.take() {
            let mut state = self.spool.lock();
            state.recovered += resumed.recovered;
            state.gone.extend(resumed.settled);
        }
    }
}

impl<R> fmt::Debug for Spool<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spool")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// From a half to 1: processes that failed together shall not come back together.
fn jitter() -> f64 {
    fastrand::f64() / 2.0 + 0.5
}
