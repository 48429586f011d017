//! Times as texts.

use jiff::Timestamp;

/// Milliseconds since 1970 as `2026-11-21T21:34:54.480Z`.
pub(in crate::reporters) fn iso(millis: u64) -> String {
    let timestamp = i64::try_from(millis).ok();
    let timestamp = timestamp.and_then(|millis| Timestamp::from_millisecond(millis).ok());
    format!("{:.3}", timestamp.unwrap_or(Timestamp::UNIX_EPOCH))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_milliseconds_and_zulu_and_impossible_ones_are_the_epoch() {
        assert_eq!(iso(1_795_296_894_480), "2026-11-21T21:34:54.480Z");
        assert_eq!(iso(u64::MAX), "1970-01-01T00:00:00.000Z");
    }
}
