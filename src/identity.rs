//! The identity of a failure: its id, and the Backstops to which the application has already reported it.
//! One failure has one id and, at each Backstop, one report.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use uuid::{Builder, Uuid};

/// How far ids may be ahead of the clock, in milliseconds: after the clock was set back by more, they follow it.
const MAX_AHEAD: u64 = 1_000;

/// Creates the id of a failure: a version 7 UUID (RFC 9562, section 5.7), greater than every id that this
/// process has created before, unless the clock was set back by more than a second.
///
/// It consists of the millisecond, a 12-bit counter within the millisecond (section 6.2, method 1), and 62 bits that
/// keep processes apart.
pub(crate) fn new_id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let now = now_millis();
    let after = |last: u64| next_tick(last, now);
    let update = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
        Some(after(last))
    });
    let tick = update.map_or(now << 12, after);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&distinguishing(tick, count, std::process::id()).to_ne_bytes());
    // The builder overwrites the upper four bits with the version.
    random[..2].copy_from_slice(&((tick & 0xfff) as u16).to_be_bytes());
    Builder::from_unix_timestamp_millis(tick >> 12, &random).into_uuid()
}

/// The next value of the counter, which continues the millisecond in its upper bits.
fn next_tick(last: u64, now: u64) -> u64 {
    let next = last.saturating_add(1);
    if (now..=now.saturating_add(MAX_AHEAD)).contains(&(next >> 12)) {
        next
    } else {
        now << 12
    }
}

/// Bits that differ for each id, process and fork: a keyed hash of what differs. Unlike the output of a thread's random
/// generator, it reveals nothing about other random values, and after a fork the child's pid is enough.
fn distinguishing(tick: u64, count: u64, pid: u32) -> u64 {
    // The keys come from the operating system.
    static KEYS: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    KEYS.hash_one((tick, count, pid))
}

/// The time in milliseconds since 1970.
pub(crate) fn now_millis() -> u64 {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    u64::try_from(since_epoch.unwrap_or_default().as_millis()).unwrap_or_default()
}

/// When an id was created, in milliseconds since 1970: its upper 48 bits.
pub(crate) fn timestamp_millis(id: Uuid) -> u64 {
    (id.as_u128() >> 80) as u64
}

/// The id under which the application has reported an error itself, and the Backstops that received the report,
/// so that no layer reports it again.
#[derive(Debug)]
pub(crate) struct ReportedTo {
    id: Uuid,
    /// The instance numbers of the Backstops.
    backstops: Mutex<Vec<u64>>,
}

impl Default for ReportedTo {
    /// A new id that no Backstop has received yet.
    fn default() -> Self {
        Self {
            id: new_id(),
            backstops: Mutex::default(),
        }
    }
}

impl ReportedTo {
    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }

    /// Whether this Backstop has received the report.
    pub(crate) fn contains(&self, backstop: u64) -> bool {
        self.backstops().contains(&backstop)
    }

    /// Records that this Backstop receives the report now. Returns `false` if it already has.
    pub(crate) fn insert(&self, backstop: u64) -> bool {
        let mut backstops = self.backstops();
        let is_new = !backstops.contains(&backstop);
        if is_new {
            backstops.push(backstop);
        }
        is_new
    }

    fn backstops(&self) -> MutexGuard<'_, Vec<u64>> {
        self.backstops
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_contains_the_time_of_its_creation() {
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = u64::try_from(since_epoch.unwrap().as_millis()).unwrap();
        assert!((now..now + 10_000).contains(&timestamp_millis(new_id())));
    }

    #[test]
    fn ids_are_ascending_uuids_of_version_7() {
        let ids: Vec<Uuid> = (0..10_000).map(|_| new_id()).collect();
        assert!(ids.is_sorted_by(|one, other| one < other));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert!(
            ids.iter()
                .all(|id| id.get_variant() == uuid::Variant::RFC4122)
        );
    }

    #[test]
    fn ids_rise_but_follow_a_clock_that_is_set_back() {
        let day = 24 * 60 * 60 * 1_000;
        let now = 10 * day;
        // Within a millisecond, and when the clock moves on.
        assert_eq!(next_tick(now << 12, now), (now << 12) + 1);
        assert_eq!(next_tick(now << 12, now + 1), (now + 1) << 12);
        // More ids than a millisecond has room for.
        assert_eq!(next_tick((now << 12) | 0xfff, now), (now + 1) << 12);
        // The clock is adjusted by less than a second, and by a day.
        assert_eq!(
            next_tick((now + MAX_AHEAD) << 12, now) >> 12,
            now + MAX_AHEAD
        );
        assert_eq!(next_tick((now + day) << 12, now), now << 12);
        let mut last = (now + day) << 12;
        for _ in 0..10_000 {
            last = next_tick(last, now);
            assert!((last >> 12) - now <= MAX_AHEAD);
        }
    }

    #[test]
    fn an_id_differs_from_one_of_a_forked_process_with_the_same_state() {
        assert_ne!(distinguishing(1, 1, 100), distinguishing(1, 1, 101));
        assert_ne!(distinguishing(1, 1, 100), distinguishing(1, 2, 100));
        // After the clock was set back, a counter starts again.
        assert_ne!(distinguishing(1, 1, 100), distinguishing(2, 1, 100));
    }

    #[test]
    fn a_backstop_receives_a_report_once() {
        let reported = ReportedTo::default();
        assert!(reported.insert(1));
        assert!(!reported.insert(1));
        assert!(reported.insert(2));
        assert!(reported.contains(1) && !reported.contains(3));
    }
}
