//! The ids of failures.

use std::time::SystemTime;

use uuid::Uuid;

/// A UUID of version 7. Its random bits only keep ids apart, so a fast generator serves.
pub(super) fn new_id() -> Uuid {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    let millis = since.unwrap_or_default().as_millis();
    let random = fastrand::u128(..).to_ne_bytes();
    let (random, _) = random
        .split_first_chunk()
        .expect("16 bytes are more than 10");
    uuid::Builder::from_unix_timestamp_millis(u64::try_from(millis).unwrap_or(u64::MAX), random)
        .into_uuid()
}
