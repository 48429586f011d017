//! The identity of a failure: its id, and the Backstops to which the application has already reported it.
//! One failure has one id and, at each Backstop, one report.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use uuid::{Builder, Uuid};

/// Creates the id of a failure: a version 7 UUID (RFC 9562, section 5.7), greater than every id that this
/// process has created before.
///
/// It consists of the millisecond, a 12-bit counter within the millisecond (section 6.2, method 1), and
/// random bits. The random bits only keep processes apart, so a fast generator is enough.
pub(crate) fn new_id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let now = now_millis() << 12;
    let after = |last: u64| now.max(last + 1);
    let update = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
        Some(after(last))
    });
    let tick = update.map_or(now, after);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&fastrand::u64(..).to_ne_bytes());
    // The builder overwrites the upper four bits with the version.
    random[..2].copy_from_slice(&((tick & 0xfff) as u16).to_be_bytes());
    Builder::from_unix_timestamp_millis(tick >> 12, &random).into_uuid()
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
    fn a_backstop_receives_a_report_once() {
        let reported = ReportedTo::default();
        assert!(reported.insert(1));
        assert!(!reported.insert(1));
        assert!(reported.insert(2));
        assert!(reported.contains(1) && !reported.contains(3));
    }
}
