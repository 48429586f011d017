//! The ids of failures.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use uuid::{Builder, Uuid};

/// A UUID of version 7 (RFC 9562, section 5.7), later than all that this process made before: the millisecond,
/// 12 bits that count within it (section 6.2, method 1), and random bits, which only keep processes apart, so
/// that a fast generator serves.
pub(crate) fn new_id() -> Uuid {
    static LAST: AtomicU64 = AtomicU64::new(0);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = u64::try_from(since.unwrap_or_default().as_millis()).unwrap_or_default();
    let now = millis << 12;
    let after = |last: u64| now.max(last + 1);
    let update = LAST.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
        Some(after(last))
    });
    let tick = update.map_or(now, after);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&fastrand::u64(..).to_ne_bytes());
    // The version takes the place of the upper four bits.
    random[..2].copy_from_slice(&((tick & 0xfff) as u16).to_be_bytes());
    Builder::from_unix_timestamp_millis(tick >> 12, &random).into_uuid()
}

/// When an id was made, in milliseconds since 1970: its upper 48 bits.
pub(crate) fn made_at(id: Uuid) -> u64 {
    (id.as_u128() >> 80) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_when_it_was_made() {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = u64::try_from(since.unwrap().as_millis()).unwrap();
        assert!((now..now + 10_000).contains(&made_at(new_id())));
    }

    #[test]
    fn ids_rise_and_keep_to_the_version() {
        let ids: Vec<Uuid> = (0..10_000).map(|_| new_id()).collect();
        assert!(ids.is_sorted_by(|one, other| one < other));
        assert!(ids.iter().all(|id| id.get_version_num() == 7));
        assert!(
            ids.iter()
                .all(|id| id.get_variant() == uuid::Variant::RFC4122)
        );
    }
}
